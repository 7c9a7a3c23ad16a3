/// Preloaded by a test: one bit of what is written to files whose path holds FLIP_BIT_IN arrives wrong, as failing
/// memory would have it: in the last byte of the largest piece, which is pixels.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <dlfcn.h>
#include <sys/uio.h>

namespace {

bool is_to_be_spoilt(int file) {
  std::error_code ignored;
  auto const path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored);
  char const* const part = std::getenv("FLIP_BIT_IN");
  return part != nullptr && path.string().find(part) != std::string::npos;
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" ssize_t pwritev(int file, iovec const* pieces, int count, off_t offset) {
  using Pwritev = ssize_t (*)(int, iovec const*, int, off_t);
  static auto const next = reinterpret_cast<Pwritev>(dlsym(RTLD_NEXT, "pwritev"));
  if (count == 0 || !is_to_be_spoilt(file)) {
    return next(file, pieces, count, offset);
  }
  std::vector<iovec> spoilt(pieces, pieces + count);
  iovec& pixels = *std::max_element(spoilt.begin(), spoilt.end(),
                                    [](iovec const& a, iovec const& b) { return a.iov_len < b.iov_len; });
  auto const* const begin = static_cast<char const*>(pixels.iov_base);
  std::vector<char> bytes(begin, begin + pixels.iov_len);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  pixels.iov_base = bytes.data();
  return next(file, spoilt.data(), count, offset);
}
