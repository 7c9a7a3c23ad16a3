#include "probe/node_load.hpp"

#include <numeric>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "probe/text_file.hpp"

namespace lauebench {
namespace {

Reading<std::uint64_t> bytes_in(std::string_view meminfo, std::string_view key) {
  constexpr std::uint64_t bytes_per_kib = 1024;
  auto const value = value_of(meminfo, key);
  std::uint64_t kib = 0;
  std::string unit;
  if (value && std::istringstream(*value) >> kib >> unit && unit == "kB") {
    return kib * bytes_per_kib;
  }
  return Unknown{fmt::format("/proc/meminfo has no {} in kB", key)};
}

}  // namespace

// user, nice, system, idle, waiting for storage, interrupts, soft interrupts, taken by the hypervisor; guests are in
// user
Reading<CpuTimes> cpu_times_from(std::string_view stat) {
  std::istringstream stream{std::string(stat)};
  std::string name;
  std::array<double, 8> ticks{};
  stream >> name;
  for (double& value : ticks) {
    stream >> value;
  }
  if (!stream || name != "cpu") {
    return Unknown{"/proc/stat cannot be read"};
  }
  double const total = std::accumulate(ticks.begin(), ticks.end(), 0.0);
  return CpuTimes{total - ticks[3] - ticks[4], total};
}

Reading<std::uint64_t> memory_from(std::string_view meminfo) { return bytes_in(meminfo, "MemTotal"); }

Reading<std::uint64_t> available_memory_from(std::string_view meminfo) { return bytes_in(meminfo, "MemAvailable"); }

Reading<std::array<double, 3>> load_average_from(std::string_view loadavg) {
  std::istringstream stream{std::string(loadavg)};
  std::array<double, 3> averages{};
  if (stream >> averages[0] >> averages[1] >> averages[2]) {
    return averages;
  }
  return Unknown{"/proc/loadavg cannot be read"};
}

NodeLoad read_node_load() {
  std::string const meminfo = text_of("/proc/meminfo");
  return {cpu_times_from(text_of("/proc/stat")), memory_from(meminfo), available_memory_from(meminfo),
          load_average_from(text_of("/proc/loadavg"))};
}

}  // namespace lauebench
