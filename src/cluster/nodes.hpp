#pragma once

#include <string>
#include <vector>

#include "cluster/communicator.hpp"

namespace lauebench {

/// Where one rank runs.
struct RankPlace {
  int node = 0;        ///< 0 .. count-1, in order of the nodes' lowest ranks
  int local_rank = 0;  ///< among the ranks of its node
  int local_size = 1;  ///< ranks on its node
  std::string host;
};

/// The launch's ranks and the nodes (groups that share memory) they run on; the same on every rank.
struct Nodes {
  int count = 1;
  std::vector<RankPlace> ranks;

  /// Ranks of `node` below `parallel`: those that take part in a run of `parallel` ranks.
  [[nodiscard]] int active_ranks(int node, int parallel) const;
};

/// Collective.
[[nodiscard]] Nodes find_nodes(Communicator& ranks);

[[nodiscard]] std::string host_name();

}  // namespace lauebench
