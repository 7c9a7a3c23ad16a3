#include "support/memory_file.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace lauebench::fuzz {
namespace {

[[noreturn]] void fail(char const* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

MemoryFile::MemoryFile()
    : descriptor_(::memfd_create("input", MFD_CLOEXEC)), path_(fmt::format("/proc/self/fd/{}", descriptor_)) {
  if (descriptor_ < 0) {
    fail("memfd_create");
  }
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

void MemoryFile::replace(std::string_view content) {
  if (::ftruncate(descriptor_, 0) != 0) {
    fail("ftruncate");
  }
  for (std::size_t written = 0; written < content.size();) {
    std::string_view const rest = content.substr(written);
    ssize_t const put = ::pwrite(descriptor_, rest.data(), rest.size(), static_cast<off_t>(written));
    if (put <= 0) {
      fail("pwrite");
    }
    written += static_cast<std::size_t>(put);
  }
}

}  // namespace lauebench::fuzz
