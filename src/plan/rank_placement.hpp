#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace lauebench {

/// Which of a launch's ranks a point uses: on each node those with the lowest numbers there.
struct PlacedRanks {
  std::vector<int> on_nodes;  ///< ranks of the point on each node; with a problem, those that are missing on node 0
  std::string problem;        ///< why the launch cannot hold the point, "needs 8 ranks, launched with 4"; empty: it can
};

/// `launched`: the ranks on each node, one node at least. A point uses the first GridPoint::nodes nodes, or all.
/// Packed, a node is filled before the next gets a rank; spread, nodes get a rank in turn until they are full. Points
/// that are counted on nodes get the same number on each. A point with a number of nodes uses every one of them.
[[nodiscard]] PlacedRanks place_ranks(GridPoint const& point, Placement placement, std::vector<int> const& launched);

}  // namespace lauebench
