#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "probe/reading.hpp"

namespace lauebench {

/// Of all cores of a node together since it was started, clock ticks.
struct CpuTimes {
  double busy = 0.0;  ///< neither idle nor waiting for storage
  double total = 0.0;
};

/// How a node is used at one moment, by all its processes.
struct NodeLoad {
  Reading<CpuTimes> cpu;
  Reading<std::uint64_t> memory_bytes;
  Reading<std::uint64_t> memory_available_bytes;  ///< what can be had without swapping
  Reading<std::array<double, 3>> load_average;    ///< over 1, 5 and 15 minutes
};

[[nodiscard]] NodeLoad read_node_load();

/// From the text of /proc/stat.
[[nodiscard]] Reading<CpuTimes> cpu_times_from(std::string_view stat);

/// From the text of /proc/meminfo: MemTotal and MemAvailable.
[[nodiscard]] Reading<std::uint64_t> memory_from(std::string_view meminfo);
[[nodiscard]] Reading<std::uint64_t> available_memory_from(std::string_view meminfo);

/// The three averages at the head of the text of /proc/loadavg.
[[nodiscard]] Reading<std::array<double, 3>> load_average_from(std::string_view loadavg);

}  // namespace lauebench
