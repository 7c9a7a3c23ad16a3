#include "probe/nvml.hpp"

#include <array>
#include <utility>

#include <dlfcn.h>
#include <fmt/format.h>

/// The few declarations of nvml.h that are used here, so that no NVIDIA package is needed to build.
namespace lauebench {
namespace {

struct Device;  // nvmlDevice_st, of which only the driver knows more

struct PciInfo {  // nvmlPciInfo_t
  std::array<char, 16> legacy_bus_id;
  unsigned domain;
  unsigned bus;
  unsigned device;
  unsigned device_id;
  unsigned subsystem_id;
  std::array<char, 32> bus_id;
};

struct Memory {  // nvmlMemory_t
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};

constexpr int clock_sm = 1;          // NVML_CLOCK_SM
constexpr int clock_memory = 2;      // NVML_CLOCK_MEM
constexpr int sensor_gpu = 0;        // NVML_TEMPERATURE_GPU
constexpr double thousandth = 1e-3;  // millijoules, milliwatts

/// nvmlClocksThrottleReason...
constexpr std::array<std::pair<unsigned long long, char const*>, 9> throttle_bits{{{0x1, "gpu_idle"},
                                                                                   {0x2, "applications_clocks_setting"},
                                                                                   {0x4, "sw_power_cap"},
                                                                                   {0x8, "hw_slowdown"},
                                                                                   {0x10, "sync_boost"},
                                                                                   {0x20, "sw_thermal_slowdown"},
                                                                                   {0x40, "hw_thermal_slowdown"},
                                                                                   {0x80, "hw_power_brake_slowdown"},
                                                                                   {0x100, "display_clock_setting"}}};

/// A function of the library; null where it has none of this name.
template <class... Arguments>
auto function(void* library, char const* name) {
  return reinterpret_cast<int (*)(Arguments...)>(::dlsym(library, name));
}

std::string reason_of(void* library, char const* name, int status) {
  auto const text = reinterpret_cast<char const* (*)(int)>(::dlsym(library, "nvmlErrorString"));
  return fmt::format("{}: {}", name, text != nullptr ? text(status) : fmt::format("NVML error {}", status));
}

/// Calls `name` with the arguments; the reason why it has no answer, empty when it has one.
template <class... Arguments>
std::string call(void* library, char const* name, Arguments... arguments) {
  auto const address = function<Arguments...>(library, name);
  if (address == nullptr) {
    return fmt::format("libnvidia-ml.so.1 has no {}", name);
  }
  int const status = address(arguments...);
  return status == 0 ? std::string() : reason_of(library, name, status);
}

/// What a function answers that has its answer last: f(device, selectors.., answer*).
template <class Answer, class... Selectors>
Reading<Answer> ask(void* library, char const* name, Device* device, Selectors... selectors) {
  Answer answer{};
  std::string reason = call(library, name, device, selectors..., &answer);
  return reason.empty() ? Reading<Answer>(answer) : Unknown{std::move(reason)};
}

template <class Value, class Answer, class Convert>
Reading<Value> converted(Reading<Answer> const& answer, Convert convert) {
  auto const* const value = std::get_if<Answer>(&answer);
  return value != nullptr ? Reading<Value>(convert(*value)) : std::get<Unknown>(answer);
}

template <class Answer>
Reading<double> scaled(Reading<Answer> const& answer, double factor) {
  return converted<double>(answer, [factor](Answer value) { return factor * static_cast<double>(value); });
}

Reading<std::string> ask_text(void* library, char const* name, Device* device) {
  std::array<char, 96> text{};  // NVML_DEVICE_UUID_V2_BUFFER_SIZE, _NAME_V2_BUFFER_SIZE
  std::string reason = call(library, name, device, text.data(), static_cast<unsigned>(text.size()));
  return reason.empty() ? Reading<std::string>(text.data()) : Unknown{std::move(reason)};
}

/// A mode that is on or off now, and may be something else after the next reset.
template <class Mode>
Reading<bool> ask_mode(void* library, char const* name, Device* device) {
  Mode current = 0;
  Mode pending = 0;
  std::string reason = call(library, name, device, &current, &pending);
  return reason.empty() ? Reading<bool>(current != 0) : Unknown{std::move(reason)};
}

GpuFacts facts_of(void* library, Device* device) {
  return {
      ask_text(library, "nvmlDeviceGetName", device),
      ask_text(library, "nvmlDeviceGetUUID", device),
      converted<std::string>(ask<PciInfo>(library, "nvmlDeviceGetPciInfo_v3", device),
                             [](PciInfo const& pci) { return std::string(pci.bus_id.data()); }),
      converted<std::uint64_t>(ask<Memory>(library, "nvmlDeviceGetMemoryInfo", device),
                               [](Memory const& memory) { return memory.total; }),
      scaled(ask<unsigned>(library, "nvmlDeviceGetPowerManagementLimit", device), thousandth),
      ask_mode<int>(library, "nvmlDeviceGetEccMode", device),
      ask_mode<unsigned>(library, "nvmlDeviceGetMigMode", device),
  };
}

std::vector<std::string> throttle_names(unsigned long long reasons) {
  std::vector<std::string> names;
  for (auto const& [bit, name] : throttle_bits) {
    if ((reasons & bit) != 0) {
      names.emplace_back(name);
    }
  }
  return names;
}

Reading<std::uint64_t> memory_used(void* library, Device* device) {
  return converted<std::uint64_t>(ask<Memory>(library, "nvmlDeviceGetMemoryInfo", device),
                                  [](Memory const& memory) { return memory.used; });
}

/// `problem`: why the library cannot be used; empty when it can be.
Reading<Device*> device_at(void* library, std::string const& problem, std::string const& pci_bus_id) {
  if (!problem.empty()) {
    return Unknown{problem};
  }
  Device* device = nullptr;
  std::string reason = call(library, "nvmlDeviceGetHandleByPciBusId_v2", pci_bus_id.c_str(), &device);
  return reason.empty() ? Reading<Device*>(device) : Unknown{std::move(reason)};
}

}  // namespace

Nvml::Nvml(char const* library) : library_(::dlopen(library, RTLD_NOW | RTLD_LOCAL)) {
  problem_ = library_ == nullptr ? ::dlerror() : call(library_, "nvmlInit_v2");
}

Reading<std::vector<GpuFacts>> Nvml::gpus() const {
  if (!problem_.empty()) {
    return Unknown{problem_};
  }
  unsigned count = 0;
  if (std::string reason = call(library_, "nvmlDeviceGetCount_v2", &count); !reason.empty()) {
    return Unknown{std::move(reason)};
  }
  std::vector<GpuFacts> gpus;
  for (unsigned index = 0; index < count; ++index) {
    Device* device = nullptr;
    // one that this process has no permission for is none of its GPUs
    if (call(library_, "nvmlDeviceGetHandleByIndex_v2", index, &device).empty()) {
      gpus.push_back(facts_of(library_, device));
    }
  }
  return gpus;
}

GpuState Nvml::state(std::string const& pci_bus_id) const {
  auto const found = device_at(library_, problem_, pci_bus_id);
  if (auto const* const why = std::get_if<Unknown>(&found)) {
    return {*why, *why, *why, *why, *why, *why, *why};
  }
  Device* const device = std::get<Device*>(found);
  auto const clock = [this, device](int kind) {
    return scaled(ask<unsigned>(library_, "nvmlDeviceGetClockInfo", device, kind), 1.0);
  };
  return {
      scaled(ask<unsigned long long>(library_, "nvmlDeviceGetTotalEnergyConsumption", device), thousandth),
      scaled(ask<unsigned>(library_, "nvmlDeviceGetPowerUsage", device), thousandth),
      memory_used(library_, device),
      clock(clock_sm),
      clock(clock_memory),
      scaled(ask<unsigned>(library_, "nvmlDeviceGetTemperature", device, sensor_gpu), 1.0),
      converted<std::vector<std::string>>(
          ask<unsigned long long>(library_, "nvmlDeviceGetCurrentClocksThrottleReasons", device), throttle_names),
  };
}

Reading<std::uint64_t> Nvml::memory_used_bytes(std::string const& pci_bus_id) const {
  auto const found = device_at(library_, problem_, pci_bus_id);
  auto const* const device = std::get_if<Device*>(&found);
  return device != nullptr ? memory_used(library_, *device) : std::get<Unknown>(found);
}

Nvml const& nvml() {
  static Nvml const library;
  return library;
}

}  // namespace lauebench
