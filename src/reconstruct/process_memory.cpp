#include "reconstruct/process_memory.hpp"

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace lauebench {
namespace {

/// Value of a line "<name>:  <number> kB" of /proc/self/status, bytes.
std::uint64_t status_bytes(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name)) {
      continue;
    }
    auto const digits = line.find_first_of("0123456789");
    std::uint64_t kib = 0;
    if (digits != std::string::npos) {
      std::from_chars(line.data() + digits, line.data() + line.size(), kib);
    }
    return kib * 1024;
  }
  return 0;
}

}  // namespace

std::uint64_t resident_bytes() { return status_bytes("VmRSS:"); }

std::uint64_t peak_resident_bytes() { return status_bytes("VmHWM:"); }

void release_freed_memory() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

bool reset_peak_resident() {
  std::ofstream clear("/proc/self/clear_refs");
  clear << "5" << std::flush;  // 5: the peak alone, see proc(5)
  return clear.good();
}

}  // namespace lauebench
