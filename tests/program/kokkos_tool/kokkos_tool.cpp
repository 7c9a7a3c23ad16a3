#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

/// A Kokkos Tools library that writes what it is told, a line each, to the file that $LAUEBENCH_TEST_TOOL_FILE names,
/// kernels with the monotonic clock in seconds, as the kernel has it whatever else is preloaded, and makes each kernel
/// $LAUEBENCH_TEST_TOOL_DELAY_MS milliseconds slower.
namespace {

void write(std::string const& what, char const* name) {
  char const* const file = std::getenv("LAUEBENCH_TEST_TOOL_FILE");
  std::ofstream(file == nullptr ? "/dev/null" : file, std::ios::app) << what << " " << name << "\n";
}

std::string true_monotonic_s() {
  timespec now{};
  ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return std::to_string(static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec));
}

void delay() {
  if (char const* const milliseconds = std::getenv("LAUEBENCH_TEST_TOOL_DELAY_MS"); milliseconds != nullptr) {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(std::strtod(milliseconds, nullptr)));
  }
}

}  // namespace

extern "C" {

void kokkosp_init_library(int /*load_sequence*/, std::uint64_t /*version*/, std::uint32_t /*devices*/,
                          void* /*device_info*/) {
  write("init", "library");
}

void kokkosp_finalize_library() { write("finalize", "library"); }

void kokkosp_push_profile_region(char const* name) { write("region", name); }

void kokkosp_begin_parallel_for(char const* name, std::uint32_t /*device*/, std::uint64_t* kernel) {
  *kernel = 0;
  write("kernel", name);
  write("at", true_monotonic_s().c_str());
  // those of Kokkos itself clear memory
  if (std::string_view(name).starts_with("lauebench::")) {
    delay();
  }
}

}  // extern "C"
