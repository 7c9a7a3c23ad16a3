#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>

#include "staging/file_helper.hpp"
#include "staging/posix_file.hpp"

namespace lauebench::test {

inline constexpr std::size_t cached_file_bytes = std::size_t{1} << 20U;

/// A file of 1 MiB that was just written: all of it is in the page cache, none of it need be on disk.
inline std::filesystem::path cached_file(std::filesystem::path const& folder) {
  auto file = folder / "replica.h5";
  write(file, std::string(cached_file_bytes, 'x'));
  return file;
}

inline posix::Descriptor open_for_reading(std::filesystem::path const& file) {
  return posix::Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
}

/// Holds all pages of a file in the page cache while it lives: pages that somebody has mapped are never evicted.
class HeldPages {
 public:
  explicit HeldPages(std::filesystem::path const& file)
      : file_(open_for_reading(file)),
        address_(::mmap(nullptr, cached_file_bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file_.get(), 0)) {}
  ~HeldPages() { ::munmap(address_, cached_file_bytes); }
  HeldPages(HeldPages const&) = delete;
  HeldPages& operator=(HeldPages const&) = delete;

 private:
  posix::Descriptor file_;
  void* address_;
};

}  // namespace lauebench::test
