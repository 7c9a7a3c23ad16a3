#include "staging/page_residency.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lauebench {
namespace {

/// Mapped at a time; a multiple of every page size.
constexpr std::uint64_t piece_bytes = std::uint64_t{1} << 30U;

/// To everybody else the kernel pretends that all pages are there.
bool kernel_tells_us(posix::Descriptor const& file, struct stat const& status) {
  // an empty path with AT_EMPTY_PATH would be the file itself, but older kernels know it through /proc alone
  return posix::is_ours(status) ||
         ::faccessat(AT_FDCWD, fmt::format("/proc/self/fd/{}", file.get()).c_str(), W_OK, AT_EACCESS) == 0;
}

/// A piece of a file, mapped; nothing of it is touched.
class MappedPiece {
 public:
  MappedPiece(posix::Descriptor const& file, std::uint64_t offset, std::size_t bytes)
      : bytes_(bytes),
        address_(::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.get(), static_cast<off_t>(offset))) {}
  ~MappedPiece() {
    if (valid()) {
      ::munmap(address_, bytes_);
    }
  }
  MappedPiece(MappedPiece const&) = delete;
  MappedPiece& operator=(MappedPiece const&) = delete;

  [[nodiscard]] bool valid() const { return address_ != MAP_FAILED; }

  /// One byte per page, its lowest bit says whether the page is there. Returns 0 or an errno.
  [[nodiscard]] int look(std::vector<unsigned char>& pages) const {
    int status = -1;
    do {
      status = ::mincore(address_, bytes_, pages.data());
    } while (status != 0 && errno == EAGAIN);
    return status == 0 ? 0 : errno;
  }

 private:
  std::size_t bytes_;
  void* address_;
};

Residency cannot_ask(char const* call, int error_number) {
  return {std::nullopt, fmt::format("{}: {}", call, std::generic_category().message(error_number))};
}

}  // namespace

// cachestat(2) would be quicker, but on overlayfs it looks at the wrong inode and says that nothing is there.
Residency residency_of(posix::Descriptor const& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return cannot_ask("fstat", errno);
  }
  if (status.st_size == 0) {
    return {std::nullopt, "the file is empty"};
  }
  if (!kernel_tells_us(file, status)) {
    return {std::nullopt, "the kernel tells it to the file's owner and to those who may write to it"};
  }
  auto const size = static_cast<std::uint64_t>(status.st_size);
  auto const page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::uint64_t present = 0;
  std::uint64_t all = 0;
  for (std::uint64_t offset = 0; offset < size; offset += piece_bytes) {
    auto const bytes = static_cast<std::size_t>(std::min(piece_bytes, size - offset));
    std::vector<unsigned char> pages((bytes + page_bytes - 1) / page_bytes);
    MappedPiece const piece(file, offset, bytes);
    if (!piece.valid()) {
      return cannot_ask("mmap", errno);
    }
    if (int const problem = piece.look(pages); problem != 0) {
      return cannot_ask("mincore", problem);
    }
    present +=
        static_cast<std::uint64_t>(std::ranges::count_if(pages, [](unsigned char page) { return (page & 1U) != 0; }));
    all += pages.size();
  }
  return {static_cast<double>(present) / static_cast<double>(all), {}};
}

}  // namespace lauebench
