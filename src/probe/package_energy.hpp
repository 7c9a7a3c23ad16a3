#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "probe/reading.hpp"

namespace lauebench {

/// The energy counter of one processor package, as powercap shows it (Intel's and AMD's RAPL).
struct PackageCounter {
  std::string zone;               ///< "intel-rapl:0"
  std::uint64_t microjoules = 0;  ///< since some moment, below `range_uj`
  std::uint64_t range_uj = 0;     ///< where it begins at 0 again
  double most_watts = 0.0;        ///< the package takes no more on average
};

using PackageCounters = Reading<std::vector<PackageCounter>>;

/// Of all packages of this node: no parts of packages, nor what holds packages and more. Many systems let root alone
/// read them. `root` stands before all paths that are read ("/" outside tests).
[[nodiscard]] PackageCounters read_package_counters(std::filesystem::path const& root = "/");

/// What all packages took between two readings that are `seconds` apart, joules. A counter may have begun anew once;
/// unknown where it may have done so twice.
[[nodiscard]] Reading<double> package_joules(PackageCounters const& before, PackageCounters const& after,
                                             double seconds);

}  // namespace lauebench
