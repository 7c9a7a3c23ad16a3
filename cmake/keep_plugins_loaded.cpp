// Linked into programs that start MPI or let hwloc look around when they are built with the address sanitiser. Both
// unload their plugins in the end; what those leak could then no longer be told from what we leak, and
// tests/support/leaks.supp names them in vain.

extern "C" int dlclose(void* /*handle*/) noexcept { return 0; }
