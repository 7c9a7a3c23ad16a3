#pragma once

#include <filesystem>
#include <string>

#include "probe/reading.hpp"

/// How the kernel drives a node's processors. `root` stands before all paths that are read ("/" outside tests).
namespace lauebench {

/// What stays as it is while nobody changes it.
struct CpuSettings {
  Reading<std::string> governor;  ///< of all processors; "performance, powersave" where they differ
  Reading<bool> turbo;            ///< whether they may run faster than their nominal frequency
};

[[nodiscard]] CpuSettings read_cpu_settings(std::filesystem::path const& root = "/");

/// What changes under load.
struct CpuState {
  Reading<double> frequency_mhz;  ///< mean over the processors, as cpufreq says
  Reading<double> temperature_c;  ///< of the hottest package
};

[[nodiscard]] CpuState read_cpu_state(std::filesystem::path const& root = "/");

}  // namespace lauebench
