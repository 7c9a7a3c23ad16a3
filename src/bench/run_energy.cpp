#include "bench/run_energy.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/stopping_rule.hpp"

namespace lauebench {
namespace {

/// Of two readings; the first one that is unknown says why the result is.
template <class Combine>
Reading<double> combined(Reading<double> const& one, Reading<double> const& other, Combine combine) {
  for (auto const* const reading : {&one, &other}) {
    if (auto const* const unknown = std::get_if<Unknown>(reading)) {
      return *unknown;
    }
  }
  return combine(std::get<double>(one), std::get<double>(other));
}

Reading<double> sum_of(Reading<double> const& one, Reading<double> const& other) {
  return combined(one, other, [](double a, double b) { return a + b; });
}

Reading<double> scaled(Reading<double> const& reading, double factor) {
  return combined(reading, factor, [](double a, double b) { return a * b; });
}

/// Where it was, in front of the reason.
Reading<double> located(std::string const& place, Reading<double> reading) {
  if (auto* const unknown = std::get_if<Unknown>(&reading)) {
    unknown->reason = fmt::format("{}: {}", place, unknown->reason);
  }
  return reading;
}

Reading<double> cpu_energy(std::span<NodeUse const> nodes) {
  if (nodes.empty()) {
    return RunEnergy::not_measured;
  }
  Reading<double> sum = 0.0;
  for (NodeUse const& node : nodes) {
    sum = sum_of(sum, located(node.host, node.cpu_package_j));
  }
  return sum;
}

Reading<double> gpu_energy(Device device, std::span<RankReport const> ranks) {
  if (device == Device::cpu) {
    return Unknown{"a CPU point uses no GPU"};
  }
  Reading<double> sum = 0.0;
  std::set<std::pair<int, std::string>> counted;
  for (RankReport const& report : ranks) {
    if (!report.gpu) {
      return Unknown{fmt::format("rank {} does not say which GPU it used", report.rank)};
    }
    if (counted.emplace(report.node_index, report.gpu->pci_bus_id).second) {
      sum = sum_of(sum, located(report.host, energy_j(*report.gpu)));
    }
  }
  return sum;
}

bool have_succeeded(std::span<RankReport const> ranks) {
  return std::ranges::all_of(ranks, [](RankReport const& report) { return report.outcome.code == ReturnCode::ok; });
}

}  // namespace

Reading<double> energy_j(GpuUse const& gpu) {
  return combined(gpu.at_start.energy_j, gpu.at_end.energy_j, [](double start, double end) { return end - start; });
}

RunEnergy energy_of(Device device, std::span<NodeUse const> nodes, std::span<RankReport const> ranks) {
  RunEnergy energy;
  energy.cpu_j = cpu_energy(nodes);
  energy.gpu_j = gpu_energy(device, ranks);
  energy.total_j = device == Device::cpu ? energy.cpu_j : sum_of(energy.cpu_j, energy.gpu_j);
  double seconds = 0.0;
  for (NodeUse const& node : nodes) {
    seconds = std::max(seconds, node.seconds);
  }
  Unknown const no_time{"the run took no time"};
  energy.mean_w = seconds > 0.0 ? scaled(energy.total_j, 1.0 / seconds) : Reading<double>(no_time);
  if (!have_succeeded(ranks)) {
    Unknown const failed{"a rank failed"};
    energy.j_per_reconstruction = failed;
    energy.nj_per_pixel_step = failed;
    return energy;
  }
  constexpr double nanojoules_per_joule = 1e9;
  double pixel_steps = 0.0;
  for (RankReport const& report : ranks) {
    pixel_steps += report.outcome.pixel_steps();
  }
  energy.j_per_reconstruction = scaled(energy.total_j, 1.0 / static_cast<double>(ranks.size()));
  energy.nj_per_pixel_step = scaled(energy.total_j, nanojoules_per_joule / pixel_steps);
  return energy;
}

RunEnergy median_energy(std::span<RunEnergy const> runs) {
  auto const median = [runs](Reading<double> RunEnergy::*member) -> Reading<double> {
    std::vector<double> known;
    std::optional<Unknown> first_reason;
    for (RunEnergy const& run : runs) {
      if (auto const* const value = std::get_if<double>(&(run.*member))) {
        known.push_back(*value);
      } else if (!first_reason) {
        first_reason = std::get<Unknown>(run.*member);
      }
    }
    auto const statistics = describe(known);
    return statistics ? Reading<double>(statistics->p50) : first_reason.value_or(Unknown{"no run succeeded"});
  };
  return {median(&RunEnergy::cpu_j),
          median(&RunEnergy::gpu_j),
          median(&RunEnergy::total_j),
          median(&RunEnergy::mean_w),
          median(&RunEnergy::j_per_reconstruction),
          median(&RunEnergy::nj_per_pixel_step)};
}

}  // namespace lauebench
