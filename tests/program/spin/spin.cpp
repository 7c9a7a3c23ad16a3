/// Preloaded by a test: LAUEBENCH_SPIN_S seconds of every run are lost, on each rank, while its first depth image is
/// synced; only of the runs at the places that LAUEBENCH_SPIN_RUNS lists ("0,4"), where it is set.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <dlfcn.h>

namespace {

std::string variable(char const* name) {
  char const* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Whether `path` is the first depth image of a run that is to be slow: <..>/run_<label>-<place>/proc_<rank>/out0.h5.
bool is_to_be_slow(std::filesystem::path const& path) {
  if (!path.filename().string().starts_with("out0.h5")) {
    return false;
  }
  std::string const run = path.parent_path().parent_path().filename().string();
  std::string const runs = variable("LAUEBENCH_SPIN_RUNS");
  std::string const place = run.substr(run.rfind('-') + 1);
  return runs.empty() || ("," + runs + ",").find("," + place + ",") != std::string::npos;
}

void spin(double seconds) {
  auto const end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" int fsync(int file) {
  std::error_code ignored;
  if (is_to_be_slow(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored))) {
    spin(std::strtod(variable("LAUEBENCH_SPIN_S").c_str(), nullptr));
  }
  using Synchronise = int (*)(int);
  static auto const next = reinterpret_cast<Synchronise>(dlsym(RTLD_NEXT, "fsync"));
  return next(file);
}
