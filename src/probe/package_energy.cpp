#include "probe/package_energy.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "probe/text_file.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

constexpr char const* powercap_folder = "sys/class/powercap";

constexpr double joules_per_microjoule = 1e-6;

/// Of packages whose long-term limit the kernel does not tell; the largest of today's take half of it.
constexpr double most_watts_unless_told = 1000.0;
/// Averages over seconds may exceed the long-term limit a little.
constexpr double above_limit = 1.25;

/// "intel-rapl:0", not "intel-rapl:0:0", a part of it, nor "intel-rapl-mmio:0", the same package once more. A zone
/// beside the packages (psys) holds them all.
bool is_package(fs::path const& zone) {
  constexpr std::string_view head = "intel-rapl:";
  std::string const name = zone.filename().string();
  return name.starts_with(head) && name.find(':', head.size()) == std::string::npos &&
         text_of(zone / "name").starts_with("package");
}

double most_watts_of(fs::path const& zone) {
  auto const microwatts = value_in<std::uint64_t>(zone / "constraint_0_power_limit_uw");
  return microwatts && *microwatts > 0 ? above_limit * joules_per_microjoule * static_cast<double>(*microwatts)
                                       : most_watts_unless_told;
}

bool may_have_begun_anew_twice(PackageCounter const& counter, double seconds) {
  return counter.most_watts * seconds >= joules_per_microjoule * static_cast<double>(counter.range_uj);
}

Unknown why_unreadable(fs::path const& file) {
  int const status = ::access(file.c_str(), R_OK) == 0 ? EIO : errno;
  return {fmt::format("cannot read {}: {}{}", file.string(), std::generic_category().message(status),
                      status == EACCES ? " (root may, and may allow others to)" : "")};
}

}  // namespace

PackageCounters read_package_counters(fs::path const& root) {
  std::vector<PackageCounter> counters;
  for (fs::path const& zone : entries_of(root / powercap_folder)) {
    if (!is_package(zone)) {
      continue;
    }
    auto const microjoules = value_in<std::uint64_t>(zone / "energy_uj");
    auto const range = value_in<std::uint64_t>(zone / "max_energy_range_uj");
    if (!microjoules || !range) {
      return why_unreadable(zone / (microjoules ? "max_energy_range_uj" : "energy_uj"));
    }
    counters.push_back({zone.filename().string(), *microjoules, *range, most_watts_of(zone)});
  }
  if (counters.empty()) {
    return Unknown{fmt::format("the kernel shows no processor package in /{}", powercap_folder)};
  }
  return counters;
}

Reading<double> package_joules(PackageCounters const& before, PackageCounters const& after, double seconds) {
  for (PackageCounters const* const counters : {&before, &after}) {
    if (auto const* const unknown = std::get_if<Unknown>(counters)) {
      return *unknown;
    }
  }
  auto const& earlier = std::get<std::vector<PackageCounter>>(before);
  auto const& later = std::get<std::vector<PackageCounter>>(after);
  if (!std::ranges::equal(earlier, later, {}, &PackageCounter::zone, &PackageCounter::zone)) {
    return Unknown{"the kernel showed other processor packages at the end than at the start"};
  }
  double microjoules = 0.0;
  for (std::size_t i = 0; i < later.size(); ++i) {
    if (may_have_begun_anew_twice(earlier[i], seconds)) {
      return Unknown{
          fmt::format("the counter of {} may have begun anew more than once in {:.0f} s", earlier[i].zone, seconds)};
    }
    std::uint64_t const begun_anew = later[i].microjoules < earlier[i].microjoules ? later[i].range_uj : 0;
    microjoules += static_cast<double>(later[i].microjoules + begun_anew - earlier[i].microjoules);
  }
  return joules_per_microjoule * microjoules;
}

}  // namespace lauebench
