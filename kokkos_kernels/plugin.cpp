#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include <Kokkos_Core.hpp>
#include <module_flags.hpp>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/cosmic_filter.hpp"
#include "kokkos_kernels/plugin_host_memory.hpp"
#include "kokkos_kernels/plugin_reconstructor.hpp"

#if defined(KOKKOS_ENABLE_CUDA)
#include "kokkos_kernels/cuda_stream.hpp"
#endif

/// A backend's module: its entry point and what it says of itself. One source for all backends.
namespace lauebench::kernels {
namespace {

std::string kokkos_version() {
  return std::to_string(KOKKOS_VERSION / 10000) + "." + std::to_string(KOKKOS_VERSION / 100 % 100) + "." +
         std::to_string(KOKKOS_VERSION % 100);
}

std::string compiler() {
#if defined(__clang__)
  return __VERSION__;  // begins with its name
#else
  return "GCC " __VERSION__;
#endif
}

#if defined(KOKKOS_ENABLE_CUDA)

std::string uuid_text(cudaUUID_t const& uuid) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text += '-';
    }
    auto const byte = static_cast<unsigned char>(uuid.bytes[i]);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::vector<DeviceInfo> list_devices() {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    return {};
  }
  std::vector<DeviceInfo> devices;
  for (int index = 0; index < count; ++index) {
    cudaDeviceProp properties{};
    if (cudaGetDeviceProperties(&properties, index) != cudaSuccess) {
      continue;
    }
    char bus_id[32] = "";
    cudaDeviceGetPCIBusId(bus_id, sizeof bus_id, index);
    devices.push_back({index, properties.name, uuid_text(properties.uuid), bus_id, properties.totalGlobalMem,
                       properties.major * 10 + properties.minor});
  }
  return devices;
}

/// Makes `device` the one that this thread's calls go to.
void use_device(int device) {
  auto const devices = list_devices();
  if (device < 0 || std::cmp_greater_equal(device, devices.size())) {
    throw std::invalid_argument("there is no GPU " + std::to_string(device) + ", only " +
                                std::to_string(devices.size()) + " of them");
  }
  require_cuda(cudaSetDevice(device), "taking it into use");
}

std::uint64_t ask_free_bytes(int device) {
  use_device(device);
  return CudaStream::free_bytes();
}

std::string cuda_runtime() {
  int version = 0;  // 1000 * major + 10 * minor
  return cudaRuntimeGetVersion(&version) == cudaSuccess
             ? std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10)
             : std::string();
}

constexpr char const* backend_name = "cuda";
constexpr HostMemoryKind best_host_memory = HostMemoryKind::page_locked;

#else

std::vector<DeviceInfo> list_devices() { return {}; }

void use_device(int /*device*/) {}

std::uint64_t ask_free_bytes(int /*device*/) { return 0; }

std::string cuda_runtime() { return {}; }

constexpr char const* backend_name = "openmp";
constexpr HostMemoryKind best_host_memory = HostMemoryKind::ordinary;

#endif

class ModuleBackend final : public Backend {
 public:
  [[nodiscard]] BackendInfo info() const override {
    return {backend_name,  LAUEBENCH_MODULE_ARCHITECTURE, kokkos_version(),
            compiler(),    LAUEBENCH_MODULE_FLAGS,        list_devices(),
            cuda_runtime()};
  }

  [[nodiscard]] std::uint64_t workspace_bytes(ReconstructionJob const& job, Execution const& execution,
                                              int rows) const override {
    return module_workspace_bytes(job, execution, rows);
  }

  [[nodiscard]] std::unique_ptr<DepthReconstructor> make_reconstructor(ReconstructionJob job,
                                                                       Execution const& execution) override {
    check(job, execution);
    start(execution);
    return make_module_reconstructor(std::move(job), execution);
  }

  // Kokkos holds on to one device until the process ends
  void start(Execution const& execution) override {
    if (Kokkos::is_initialized()) {
      if (execution.device != device_) {
        throw std::invalid_argument("this process computes on another GPU already");
      }
      return;
    }
    Kokkos::InitializationSettings settings;
    settings.set_disable_warnings(true);
    settings.set_num_threads(1);  // instances bring their own number of threads
#if defined(KOKKOS_ENABLE_CUDA)
    settings.set_device_id(execution.device);
#endif
    use_device(execution.device);
    if (!execution.tool.empty()) {
      settings.set_tools_libs(execution.tool);
    }
    Kokkos::initialize(settings);
    device_ = execution.device;
    if (!execution.tool.empty()) {
      std::atexit(Kokkos::Tools::finalize);  // Kokkos itself is never finalized, and tools tell what they saw then
    }
  }

  [[nodiscard]] HostMemory take_host_memory(std::size_t bytes) override {
    return host_memory_.take(bytes, Kokkos::is_initialized() ? best_host_memory : HostMemoryKind::ordinary);
  }

  void give_back(HostMemory const& memory) noexcept override { host_memory_.give_back(memory); }

  [[nodiscard]] std::uint64_t kept_host_bytes() const override { return host_memory_.kept_bytes(); }

  void free_kept_host_memory() noexcept override { host_memory_.free_kept(); }

  [[nodiscard]] std::uint64_t free_device_bytes(Execution const& execution) override {
    auto const known = free_bytes_.find(execution.device);
    return known != free_bytes_.end()
               ? known->second
               : free_bytes_.emplace(execution.device, ask_free_bytes(execution.device)).first->second;
  }

  [[nodiscard]] std::uint64_t least_device_bytes(ReconstructionJob const& job,
                                                 Execution const& execution) const override {
    return module_least_device_bytes(job, execution);
  }

 private:
  static void check(ReconstructionJob const& job, Execution const& execution) {
    auto const images = static_cast<int>(job.geometry.wire.size());
    if (job.depths.count < 1 || job.columns < 1 || !(job.depths.resolution_um > 0.0)) {
      throw std::invalid_argument("a reconstruction needs depths, columns and a resolution above zero");
    }
    if (images < (job.cosmic_filter == CosmicFilter::on   ? cosmic_window + 1
                  : job.area_rule == AreaRule::conserving ? 3
                                                          : 4)) {
      throw std::invalid_argument("too few images for this rule and filter");
    }
    if (job.loop == KernelLoop::tiles && !resolves_tiles()) {
      throw std::invalid_argument("tiles are a loop for CPUs");
    }
    if (execution.threads < 1) {
      throw std::invalid_argument("a reconstruction needs a thread");
    }
  }

  int device_ = 0;
  HostMemoryPool host_memory_;
  std::map<int, std::uint64_t> free_bytes_;  ///< by device, when first asked
};

}  // namespace
}  // namespace lauebench::kernels

/// See lauebench::kernels::OpenBackend. The backend lives until the process ends: Kokkos cannot start twice.
extern "C" __attribute__((visibility("default"))) lauebench::kernels::Backend* lauebench_open_backend(
    std::uint32_t abi, char const** problem) {
  if (abi != lauebench::kernels::backend_abi) {
    *problem = "built from another version of the program";
    return nullptr;
  }
#if defined(KOKKOS_ENABLE_CUDA)
  if (lauebench::kernels::list_devices().empty()) {
    *problem = "no CUDA device answers";
    return nullptr;
  }
#endif
  static auto* const backend = new lauebench::kernels::ModuleBackend;
  return backend;
}
