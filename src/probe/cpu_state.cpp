#include "probe/cpu_state.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "probe/text_file.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

constexpr char const* cpu_folder = "sys/devices/system/cpu";

/// The folders of the groups of processors that change frequency together.
std::vector<fs::path> cpufreq_policies(fs::path const& root) {
  auto policies = entries_of(root / cpu_folder / "cpufreq");
  std::erase_if(policies, [](fs::path const& path) { return !path.filename().string().starts_with("policy"); });
  return policies;
}

Unknown no_cpufreq() { return {fmt::format("the kernel shows no frequency control in /{}/cpufreq", cpu_folder)}; }

Reading<std::string> governor_of(std::vector<fs::path> const& policies) {
  std::set<std::string> governors;
  for (fs::path const& policy : policies) {
    if (auto governor = value_in<std::string>(policy / "scaling_governor")) {
      governors.insert(std::move(*governor));
    }
  }
  return governors.empty() ? Reading<std::string>(no_cpufreq()) : fmt::format("{}", fmt::join(governors, ", "));
}

Reading<bool> turbo_of(fs::path const& folder) {
  if (auto const is_off = value_in<int>(folder / "intel_pstate" / "no_turbo")) {
    return *is_off == 0;
  }
  if (auto const boost = value_in<int>(folder / "cpufreq" / "boost")) {
    return *boost != 0;
  }
  return Unknown{fmt::format("the kernel shows neither intel_pstate/no_turbo nor cpufreq/boost in /{}", cpu_folder)};
}

Reading<double> frequency_of(std::vector<fs::path> const& policies) {
  constexpr double mhz_per_khz = 1e-3;
  double sum_khz = 0.0;
  int known = 0;
  for (fs::path const& policy : policies) {
    if (auto const khz = value_in<double>(policy / "scaling_cur_freq")) {
      sum_khz += *khz;
      ++known;
    }
  }
  return known > 0 ? Reading<double>(mhz_per_khz * sum_khz / known) : Reading<double>(no_cpufreq());
}

/// Whether a sensor of one of the drivers below measures a whole package, not one of its cores.
bool is_package(std::string_view label) {
  return label.starts_with("Package id") || label.starts_with("Tctl") || label.starts_with("Tdie");
}

void add_hwmon(fs::path const& folder, std::vector<double>& millidegrees) {
  constexpr std::array<std::string_view, 3> drivers{"coretemp", "k10temp", "zenpower"};
  auto const driver = value_in<std::string>(folder / "name");
  if (!driver || std::ranges::find(drivers, *driver) == drivers.end()) {
    return;
  }
  constexpr std::string_view suffix = "_label";
  for (fs::path const& file : entries_of(folder)) {
    std::string const name = file.filename().string();
    if (!name.ends_with(suffix) || !is_package(text_of(file))) {
      continue;
    }
    std::string const sensor = name.substr(0, name.size() - suffix.size());
    if (auto const value = value_in<double>(folder / (sensor + "_input"))) {
      millidegrees.push_back(*value);
    }
  }
}

void add_thermal_zone(fs::path const& folder, std::vector<double>& millidegrees) {
  constexpr std::array<std::string_view, 3> types{"x86_pkg_temp", "cpu-thermal", "cpu_thermal"};
  auto const type = value_in<std::string>(folder / "type");
  auto const value = value_in<double>(folder / "temp");
  if (type && value && std::ranges::find(types, *type) != types.end()) {
    millidegrees.push_back(*value);
  }
}

Reading<double> temperature_of(fs::path const& root) {
  constexpr double degrees = 1e-3;
  std::vector<double> millidegrees;
  for (fs::path const& folder : entries_of(root / "sys/class/hwmon")) {
    add_hwmon(folder, millidegrees);
  }
  for (fs::path const& folder : entries_of(root / "sys/class/thermal")) {
    add_thermal_zone(folder, millidegrees);
  }
  return millidegrees.empty()
             ? Reading<double>(Unknown{"no sensor of a package in /sys/class/hwmon or /sys/class/thermal"})
             : Reading<double>(degrees * std::ranges::max(millidegrees));
}

}  // namespace

CpuSettings read_cpu_settings(fs::path const& root) {
  return {governor_of(cpufreq_policies(root)), turbo_of(root / cpu_folder)};
}

CpuState read_cpu_state(fs::path const& root) { return {frequency_of(cpufreq_policies(root)), temperature_of(root)}; }

}  // namespace lauebench
