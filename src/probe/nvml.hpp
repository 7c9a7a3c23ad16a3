#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "probe/reading.hpp"

/// NVIDIA's management library, loaded at run time: what a GPU is and how it stands.
namespace lauebench {

/// A GPU as the driver has set it up.
struct GpuFacts {
  Reading<std::string> name;
  Reading<std::string> uuid;
  Reading<std::string> pci_bus_id;
  Reading<std::uint64_t> memory_bytes;
  Reading<double> power_limit_w;
  Reading<bool> ecc;  ///< whether its memory corrects errors
  Reading<bool> mig;  ///< whether it is divided up (multi-instance GPU)
};

/// A GPU at one moment, all processes that use it together.
struct GpuState {
  Reading<double> energy_j;  ///< since the driver was loaded; devices count in steps of up to 0.1 s
  Reading<double> power_w;
  Reading<std::uint64_t> memory_used_bytes;
  Reading<double> sm_clock_mhz;
  Reading<double> memory_clock_mhz;
  Reading<double> temperature_c;
  Reading<std::vector<std::string>> throttle_reasons;  ///< why clocks are below their maximum: "sw_power_cap"
};

class Nvml {
 public:
  /// Loads and starts the library; where that fails, everything is unknown for that reason. It stays loaded: CUDA may
  /// use it too.
  explicit Nvml(char const* library = "libnvidia-ml.so.1");

  /// All GPUs of the node that this process may ask about, whether it computes on them or not.
  [[nodiscard]] Reading<std::vector<GpuFacts>> gpus() const;

  /// `pci_bus_id` as CUDA gives it: a part of a GPU (MIG) has that of the whole.
  [[nodiscard]] GpuState state(std::string const& pci_bus_id) const;

  /// Of the state, this alone.
  [[nodiscard]] Reading<std::uint64_t> memory_used_bytes(std::string const& pci_bus_id) const;

 private:
  void* library_ = nullptr;
  std::string problem_;  ///< empty: usable
};

/// This process's. Loaded by the first call.
[[nodiscard]] Nvml const& nvml();

}  // namespace lauebench
