#pragma once

#include <optional>
#include <string>

#include "cluster/nodes.hpp"
#include "probe/cpu_state.hpp"
#include "probe/package_energy.hpp"
#include "probe/reading.hpp"

namespace lauebench {

/// What a node used during a run, and how it stood at its start and end.
struct NodeUse {
  std::string host;
  double seconds = 0.0;           ///< between the two readings
  Reading<double> cpu_package_j;  ///< of all processor packages, whatever ran on them
  CpuState at_start;
  CpuState at_end;
};

/// Measures a node from its lowest rank, which takes part in every run that any of its ranks takes part in; from other
/// ranks nothing is measured.
class NodeMeter {
 public:
  explicit NodeMeter(RankPlace const& place);

  /// Right before the ranks meet for the start.
  void begin();
  /// When the run's last rank has ended.
  void end();

  /// Empty where nothing is measured.
  [[nodiscard]] std::optional<NodeUse> const& use() const { return use_; }

 private:
  std::optional<NodeUse> use_;
  PackageCounters counters_;
  double begin_s_ = 0.0;
};

}  // namespace lauebench
