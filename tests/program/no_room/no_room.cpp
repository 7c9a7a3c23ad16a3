/// Preloaded by a test: there is no room for a file named "ceiling", and for all others there is.
#include <cerrno>
#include <cstdarg>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" int open(char const* path, int flags, ...) {
  char const* const name = std::strrchr(path, '/');
  if ((flags & O_CREAT) != 0 && name != nullptr && std::strcmp(name, "/ceiling") == 0) {
    errno = ENOSPC;
    return -1;
  }
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    std::va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  using Open = int (*)(char const*, int, ...);
  static auto const next = reinterpret_cast<Open>(dlsym(RTLD_NEXT, "open"));
  return next(path, flags, mode);
}
