#include "staging/read_through.hpp"

#include <memory>
#include <new>

#include <fcntl.h>

namespace lauebench {
namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t piece_bytes = std::size_t{8} << 20U;

struct FreePages {
  void operator()(std::byte* memory) const { ::operator delete(memory, std::align_val_t{page_bytes}); }
};

}  // namespace

std::uint64_t read_through(posix::Descriptor const& file, std::filesystem::path const& path,
                           Cancellation const& cancellation,
                           std::function<void(std::span<std::byte const> piece)> const& take) {
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  std::unique_ptr<std::byte, FreePages> const memory(
      static_cast<std::byte*>(::operator new(piece_bytes, std::align_val_t{page_bytes})));
  std::span<std::byte> const buffer(memory.get(), piece_bytes);
  std::uint64_t bytes = 0;
  for (;;) {
    cancellation.throw_if_due();
    std::size_t const got = posix::read_some(file, buffer, bytes, path);
    if (got == 0) {
      return bytes;
    }
    take(buffer.first(got));
    bytes += got;
  }
}

}  // namespace lauebench
