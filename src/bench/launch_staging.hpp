#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "bench/launch.hpp"
#include "bench/staged_launch.hpp"
#include "cluster/communicator.hpp"

namespace lauebench {

/// A target of a launch, as one rank holds it.
struct TargetStaging {
  /// On rank 0; where each node has a folder of its own, on the lowest rank of each node that a point uses.
  std::optional<StagedLaunch> folder;
  bool is_node_local = false;  ///< each node has one of its own; the same on every rank
};

/// The targets, as RunConfig::staging_dirs names them.
using LaunchStaging = std::deque<TargetStaging>;

/// Locks rank 0's folders, then for one after the other finds out whether the nodes share it, and stages: on rank 0 for
/// all, or on each node for its ranks, all nodes at the same time. Rank 0 then knows all replicas. Collective. Throws
/// AgreedError.
[[nodiscard]] LaunchStaging stage_launch(Launch const& launch, Communicator& ranks);

/// On rank 0.
[[nodiscard]] std::vector<StagedTarget> staged_targets(LaunchStaging const& staging);

}  // namespace lauebench
