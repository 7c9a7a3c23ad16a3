// Linked into programs that start MPI or let hwloc look around when they are built with the address sanitiser. Both
// unload their plugins in the end; what those leak could then no longer be told from what we leak, and
// tests/support/leaks.supp names them in vain. Weak: a test may have one of its own.

extern "C" __attribute__((weak)) int dlclose(void* /*handle*/) noexcept { return 0; }
