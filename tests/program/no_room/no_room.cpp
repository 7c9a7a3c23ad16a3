/// Preloaded by a test: there is no room for a file named "ceiling", and where LAUEBENCH_ROOM_BYTES is set none for
/// more than so many of results.jsonl, which only its syncing tells, as on network filesystems. Where
/// LAUEBENCH_NO_RESERVING is set, the filesystem cannot reserve room, as many of them.
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>

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

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" int fsync(int file) {
  std::error_code ignored;
  auto const path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored);
  struct stat status {};
  char const* const room = std::getenv("LAUEBENCH_ROOM_BYTES");
  if (room != nullptr && path.filename() == "results.jsonl" && ::fstat(file, &status) == 0 &&
      status.st_size > std::atoll(room)) {
    errno = ENOSPC;
    return -1;
  }
  using Synchronise = int (*)(int);
  static auto const next = reinterpret_cast<Synchronise>(dlsym(RTLD_NEXT, "fsync"));
  return next(file);
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" int fallocate(int file, int mode, off_t offset, off_t bytes) {
  if (std::getenv("LAUEBENCH_NO_RESERVING") != nullptr) {
    errno = EOPNOTSUPP;
    return -1;
  }
  using Allocate = int (*)(int, int, off_t, off_t);
  static auto const next = reinterpret_cast<Allocate>(dlsym(RTLD_NEXT, "fallocate"));
  return next(file, mode, offset, bytes);
}
