#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

/// A Kokkos Tools library that writes what it is told, a line each, to the file that $LAUEBENCH_TEST_TOOL_FILE names.
namespace {

void write(std::string const& what, char const* name) {
  char const* const file = std::getenv("LAUEBENCH_TEST_TOOL_FILE");
  std::ofstream(file == nullptr ? "/dev/null" : file, std::ios::app) << what << " " << name << "\n";
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
}

}  // extern "C"
