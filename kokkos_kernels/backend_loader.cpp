#include "kokkos_kernels/backend_loader.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <system_error>

#include <dlfcn.h>

namespace lauebench::kernels {
namespace {

namespace fs = std::filesystem;

constexpr char const* entry_point = "lauebench_open_backend";

std::string dl_problem() {
  char const* const message = dlerror();
  return message == nullptr ? "no reason given" : message;
}

/// The CUDA driver, asked without linking to it: Kokkos aborts where there is a driver but no device.
struct CudaDevices {
  int count = 0;
  int compute_capability = 0;  ///< of the first device, 90 for 9.0
  std::string problem;         ///< empty: usable
};

template <class Function>
Function driver_function(void* driver, char const* name) {
  return reinterpret_cast<Function>(dlsym(driver, name));
}

CudaDevices ask_cuda_driver() {
  CudaDevices devices;
  void* const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);  // never closed: the module uses it too
  if (driver == nullptr) {
    devices.problem = dl_problem();
    return devices;
  }
  auto const init = driver_function<int (*)(unsigned)>(driver, "cuInit");
  auto const count = driver_function<int (*)(int*)>(driver, "cuDeviceGetCount");
  auto const attribute = driver_function<int (*)(int*, int, int)>(driver, "cuDeviceGetAttribute");
  if (init == nullptr || count == nullptr || attribute == nullptr) {
    devices.problem = "libcuda.so.1 lacks the functions of a CUDA driver";
    return devices;
  }
  if (int const status = init(0); status != 0) {
    devices.problem = "cuInit failed with CUDA error " + std::to_string(status);
    return devices;
  }
  if (count(&devices.count) != 0 || devices.count == 0) {
    devices.problem = "the CUDA driver sees no device";
    return devices;
  }
  constexpr int capability_major = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, _MINOR
  constexpr int capability_minor = 76;
  int major = 0;
  int minor = 0;
  attribute(&major, capability_major, 0);
  attribute(&minor, capability_minor, 0);
  devices.compute_capability = 10 * major + minor;
  return devices;
}

/// The module's file among the folders, by name; empty when there is none.
std::optional<fs::path> find_file(std::string const& name) {
  for (fs::path const& folder : module_folders()) {
    std::error_code ignored;
    fs::path candidate = folder / name;
    if (fs::is_regular_file(candidate, ignored)) {
      return candidate;
    }
  }
  return std::nullopt;
}

template <class Words>
std::string joined(Words const& words) {
  std::string text;
  for (auto const& word : words) {
    text += (text.empty() ? "" : ", ") + std::string(word);
  }
  return text;
}

std::string places_looked() { return joined(module_folders()); }

BackendResult open_module(fs::path const& file) {
  void* const module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed: Kokkos cannot start twice
  if (module == nullptr) {
    return BackendUnavailable{dl_problem()};
  }
  auto const open = driver_function<OpenBackend>(module, entry_point);
  if (open == nullptr) {
    return BackendUnavailable{file.string() + " is not a module of this program"};
  }
  char const* problem = "it gave no reason";
  Backend* const backend = open(backend_abi, &problem);
  if (backend == nullptr) {
    return BackendUnavailable{file.string() + ": " + problem};
  }
  return LoadedBackend{backend, file};
}

// The first of the levels whose module was built.
BackendResult open_first(std::vector<std::string_view> const& levels) {
  std::vector<std::string> names;
  for (std::string_view const level : levels) {
    names.push_back("liblauebench_openmp_" + std::string(level) + ".so");
    if (auto const file = find_file(names.back())) {
      return open_module(*file);
    }
  }
  return BackendUnavailable{"no " + joined(names) + " in " + places_looked()};
}

// The best one that this CPU runs and that was built.
BackendResult load_openmp() {
  std::vector<std::string_view> levels = runnable_cpu_levels();
  if (char const* const chosen = std::getenv("LAUEBENCH_CPU_LEVEL"); chosen != nullptr && *chosen != '\0') {
    if (std::ranges::find(levels, chosen) == levels.end()) {
      return BackendUnavailable{"LAUEBENCH_CPU_LEVEL is " + std::string(chosen) + " and this CPU runs " +
                                joined(levels)};
    }
    levels = {chosen};
  }
  return open_first(levels);
}

// Code for sm_<major><minor> runs on devices of the same major and at least that minor number.
BackendResult load_cuda() {
  CudaDevices const devices = ask_cuda_driver();
  if (!devices.problem.empty()) {
    return BackendUnavailable{devices.problem};
  }
  int const major_base = devices.compute_capability / 10 * 10;
  for (int capability = devices.compute_capability; capability >= major_base; --capability) {
    std::string const name = "liblauebench_cuda_sm" + std::to_string(capability) + ".so";
    if (auto const file = find_file(name)) {
      return open_module(*file);
    }
  }
  return BackendUnavailable{"no CUDA module for compute capability " + std::to_string(devices.compute_capability) +
                            " in " + places_looked()};
}

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

}  // namespace

std::string_view to_string(BackendKind kind) { return kind == BackendKind::openmp ? "openmp" : "cuda"; }

std::vector<fs::path> module_folders() {
  std::vector<fs::path> folders;
  if (char const* const chosen = std::getenv("LAUEBENCH_MODULE_DIR"); chosen != nullptr && *chosen != '\0') {
    folders.emplace_back(chosen);
  }
  fs::path const beside = program_folder();
  folders.push_back((beside / "../lib").lexically_normal());
  folders.push_back((beside / "../lib/lauebench").lexically_normal());
  folders.push_back(beside);
  return folders;
}

std::vector<std::string_view> runnable_cpu_levels() {
#if defined(__x86_64__)
  // by their features, as not all compilers know the levels' names; no CPU has these without the rest of its level
  __builtin_cpu_init();
  bool const v2 = __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  bool const v3 = v2 && __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
                  __builtin_cpu_supports("fma") != 0;
  bool const v4 = v3 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                  __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
                  __builtin_cpu_supports("avx512vl") != 0;
  std::vector<std::string_view> levels;
  if (v4) {
    levels.emplace_back("x86-64-v4");
  }
  if (v3) {
    levels.emplace_back("x86-64-v3");
  }
  if (v2) {
    levels.emplace_back("x86-64-v2");
  }
  return levels;
#else
  return {LAUEBENCH_CPU_BASELINE};
#endif
}

BackendResult load_cpu_backend(std::string_view level) { return open_first({level}); }

BackendResult load_backend(BackendKind kind) {
  static std::mutex loading;
  static std::array<std::optional<BackendResult>, 2> loaded;
  std::scoped_lock const lock(loading);
  auto& result = loaded[static_cast<std::size_t>(kind)];
  if (!result) {
    result = kind == BackendKind::cuda ? load_cuda() : load_openmp();
  }
  return *result;
}

}  // namespace lauebench::kernels
