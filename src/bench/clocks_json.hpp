#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "cluster/clock_offsets.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {

/// `clocks` of an `end` record: each node's clock but rank 0's, which the timeline is. Null, with the reason, where
/// there are other nodes and no run has followed their clocks.
void put_clocks(nlohmann::ordered_json& record, Nodes const& nodes, std::vector<NodeClock> const& clocks);

}  // namespace lauebench
