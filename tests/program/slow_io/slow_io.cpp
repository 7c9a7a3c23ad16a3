/// Preloaded by a test: reading a piece of a file whose path holds SLOW_READ_IN takes SLOW_READ_MS milliseconds more
/// (from beginning to end, SLOW_SEQUENTIAL_READ_IN and SLOW_SEQUENTIAL_READ_MS), writing one where it holds
/// SLOW_WRITE_IN takes SLOW_WRITE_MS more. Pieces are what frames and images are moved in;
/// what a file format keeps account with is smaller and as fast as ever. Call number
/// FAIL_READ_AT of those that read such a piece of a file whose path holds FAIL_READ_IN, counted from 0, fails.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include <dlfcn.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

constexpr std::size_t least_piece_bytes = 32768;

/// Whether `variable` is set, and the path of the file holds it.
bool is_meant(int file, std::size_t bytes, char const* variable) {
  char const* const part = std::getenv(variable);
  if (part == nullptr || bytes < least_piece_bytes) {
    return false;
  }
  std::error_code ignored;
  auto const path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored);
  return path.string().find(part) != std::string::npos;
}

bool is_to_fail(int file, std::size_t bytes) {
  static std::atomic<int> calls = 0;
  char const* const first = std::getenv("FAIL_READ_AT");
  return first != nullptr && is_meant(file, bytes, "FAIL_READ_IN") && calls++ == std::atoi(first);
}

void delay(int file, std::size_t bytes, char const* where, char const* how_long) {
  char const* const milliseconds = std::getenv(how_long);
  if (milliseconds != nullptr && is_meant(file, bytes, where)) {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(std::strtod(milliseconds, nullptr)));
  }
}

std::size_t bytes_of(iovec const* pieces, int count) {
  std::size_t bytes = 0;
  for (int i = 0; i < count; ++i) {
    bytes += pieces[i].iov_len;
  }
  return bytes;
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" ssize_t pread(int file, void* bytes, std::size_t count, off_t offset) {
  if (is_to_fail(file, count)) {
    errno = EIO;
    return -1;
  }
  delay(file, count, "SLOW_READ_IN", "SLOW_READ_MS");
  using Pread = ssize_t (*)(int, void*, std::size_t, off_t);
  static auto const next = reinterpret_cast<Pread>(dlsym(RTLD_NEXT, "pread"));
  return next(file, bytes, count, offset);
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" ssize_t preadv(int file, iovec const* pieces, int count, off_t offset) {
  if (is_to_fail(file, bytes_of(pieces, count))) {
    errno = EIO;
    return -1;
  }
  delay(file, bytes_of(pieces, count), "SLOW_READ_IN", "SLOW_READ_MS");
  using Preadv = ssize_t (*)(int, iovec const*, int, off_t);
  static auto const next = reinterpret_cast<Preadv>(dlsym(RTLD_NEXT, "preadv"));
  return next(file, pieces, count, offset);
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" ssize_t pwritev(int file, iovec const* pieces, int count, off_t offset) {
  delay(file, bytes_of(pieces, count), "SLOW_WRITE_IN", "SLOW_WRITE_MS");
  using Pwritev = ssize_t (*)(int, iovec const*, int, off_t);
  static auto const next = reinterpret_cast<Pwritev>(dlsym(RTLD_NEXT, "pwritev"));
  return next(file, pieces, count, offset);
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" ssize_t read(int file, void* bytes, std::size_t count) {
  delay(file, count, "SLOW_SEQUENTIAL_READ_IN", "SLOW_SEQUENTIAL_READ_MS");
  using Read = ssize_t (*)(int, void*, std::size_t);
  static auto const next = reinterpret_cast<Read>(dlsym(RTLD_NEXT, "read"));
  return next(file, bytes, count);
}
