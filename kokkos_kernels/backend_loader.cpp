#include "kokkos_kernels/backend_loader.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

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
  std::vector<int> compute_capabilities;  ///< of each device, 90 for 9.0
  std::vector<std::string> bus_ids;       ///< of each device
  std::string problem;                    ///< empty: usable
};

template <class Function>
Function driver_function(void* driver, char const* name) {
  return reinterpret_cast<Function>(dlsym(driver, name));
}

/// Empty where the driver does not tell.
std::string bus_id_of(void* driver, int device) {
  auto const ask = driver_function<int (*)(char*, int, int)>(driver, "cuDeviceGetPCIBusId");
  std::array<char, 32> text{};  // with the terminating zero, 13 of them are asked for at least
  return ask != nullptr && ask(text.data(), static_cast<int>(text.size()), device) == 0 ? text.data() : "";
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
  int found = 0;
  if (count(&found) != 0 || found == 0) {
    devices.problem = "the CUDA driver sees no device";
    return devices;
  }
  constexpr int capability_major = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, _MINOR
  constexpr int capability_minor = 76;
  for (int device = 0; device < found; ++device) {
    int major = 0;
    int minor = 0;
    attribute(&major, capability_major, device);
    attribute(&minor, capability_minor, device);
    devices.compute_capabilities.push_back(10 * major + minor);
    devices.bus_ids.push_back(bus_id_of(driver, device));
  }
  return devices;
}

CudaDevices const& cuda_devices() {
  static CudaDevices const devices = ask_cuda_driver();
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
std::optional<fs::path> find_cuda_module(int compute_capability) {
  int const major_base = compute_capability / 10 * 10;
  for (int capability = compute_capability; capability >= major_base; --capability) {
    if (auto file = find_file("liblauebench_cuda_sm" + std::to_string(capability) + ".so")) {
      return file;
    }
  }
  return std::nullopt;
}

BackendResult load_cuda(int device) {
  CudaDevices const& devices = cuda_devices();
  if (!devices.problem.empty()) {
    return BackendUnavailable{devices.problem};
  }
  if (device < 0 || std::cmp_greater_equal(device, devices.compute_capabilities.size())) {
    return BackendUnavailable{"there is no GPU " + std::to_string(device) + ", only " +
                              std::to_string(devices.compute_capabilities.size()) + " of them"};
  }
  int const capability = devices.compute_capabilities[static_cast<std::size_t>(device)];
  if (auto const file = find_cuda_module(capability)) {
    return open_module(*file);
  }
  return BackendUnavailable{"no CUDA module for compute capability " + std::to_string(capability) + " in " +
                            places_looked()};
}

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

}  // namespace

std::string_view to_string(BackendKind kind) { return kind == BackendKind::openmp ? "openmp" : "cuda"; }

std::vector<fs::path> module_folders() {
  // nowhere else: a mistyped folder would measure another build
  if (char const* const chosen = std::getenv("LAUEBENCH_MODULE_DIR"); chosen != nullptr && *chosen != '\0') {
    return {chosen};
  }
  fs::path const beside = program_folder();
  return {(beside / "../lib").lexically_normal(), (beside / LAUEBENCH_INSTALLED_MODULES).lexically_normal(), beside};
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

BackendResult load_backend(BackendKind kind, int device) {
  static std::mutex loading;
  static std::map<std::pair<BackendKind, int>, BackendResult> loaded;  // GPUs that are alike get the same module twice
  std::scoped_lock const lock(loading);
  std::pair const key(kind, kind == BackendKind::cuda ? device : 0);
  auto known = loaded.find(key);
  if (known == loaded.end()) {
    known = loaded.emplace(key, kind == BackendKind::cuda ? load_cuda(device) : load_openmp()).first;
  }
  return known->second;
}

int gpu_count() { return static_cast<int>(cuda_devices().compute_capabilities.size()); }

std::vector<std::string> gpu_bus_ids() { return cuda_devices().bus_ids; }

std::string tool_problem(std::string const& library) {
  void* const tool = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (tool == nullptr) {
    return dl_problem();
  }
  constexpr std::array marks{"kokkosp_init_library", "kokkosp_begin_parallel_for", "kokkosp_push_profile_region"};
  bool const is_tool = std::ranges::any_of(marks, [tool](char const* name) { return dlsym(tool, name) != nullptr; });
  dlclose(tool);
  return is_tool ? "" : library + " has none of the functions of a Kokkos Tools library";
}

}  // namespace lauebench::kernels
