#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/rank_report.hpp"
#include "cluster/communicator.hpp"
#include "cluster/nodes.hpp"
#include "probe/host_facts.hpp"
#include "probe/reading.hpp"

namespace lauebench {

/// What one rank may use where it runs.
struct RankSite {
  std::vector<int> cpus;
  Affinity affinity = Affinity::widened;
  std::uint64_t available_bytes = 0;  ///< memory available to its node or cgroup when the launch began
  std::vector<int> launcher_cpus;     ///< those that the launcher had bound it to
  /// That it computes on in GPU points, without telemetry.
  Reading<GpuUse> gpu = Unknown{"the grid has no GPU points"};
};

/// Where the launch runs; the same on every rank.
struct LaunchSite {
  Nodes nodes;
  std::vector<RankSite> ranks;
  std::vector<HostFacts> hosts;  ///< of each node, as its lowest rank sees it
};

/// What one rank tells all others when a launch begins.
struct SiteReport {
  RankSite rank;
  std::optional<HostFacts> host;  ///< from the lowest rank of its node alone
};

/// Lets every rank use all cores that the launcher gave its node's ranks, unless Binding::inherit leaves them as they
/// are, and tells every rank about all others. To be called before a backend is loaded. Collective; what goes wrong on
/// any rank is thrown on all.
[[nodiscard]] LaunchSite survey_launch(Communicator& ranks, Binding wish);

/// Memory that all ranks of a node together may use.
[[nodiscard]] std::uint64_t usable_memory_bytes(LaunchSite const& site, int node);

/// Memory that `rank` may use in a run that `on_nodes` ranks of each node take part in (GridPoint::ranks_on_nodes): the
/// smaller of `limit_bytes` and 0.8 times what is available on its node, shared equally by the active ranks there.
/// Found out once per launch, so that all repetitions of a point cut the same stripes.
[[nodiscard]] std::uint64_t memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes,
                                             std::vector<int> const& on_nodes, int rank);

/// The smallest memory_in_effect of all ranks of such a run.
[[nodiscard]] std::uint64_t smallest_memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes,
                                                      std::vector<int> const& on_nodes);

}  // namespace lauebench
