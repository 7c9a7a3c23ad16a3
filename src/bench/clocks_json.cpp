#include "bench/clocks_json.hpp"

#include <cstddef>

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(RankPlace const& lowest_rank, NodeClock const& clock) {
  return {{"node", lowest_rank.node},
          {"host", lowest_rank.host},
          {"offset_before_s", clock.first().offset_s},
          {"offset_after_s", clock.last().offset_s},
          {"round_trip_before_s", clock.first().round_trip_s},
          {"round_trip_after_s", clock.last().round_trip_s},
          {"between_s", clock.between_s()},
          {"drift", clock.drift().value()},
          {"drift_uncertainty", clock.drift_uncertainty().value()}};
}

}  // namespace

void put_clocks(Json& record, Nodes const& nodes, std::vector<NodeClock> const& clocks) {
  record["clocks"] = Json::array();
  for (int node = 1; node < nodes.count; ++node) {
    if (clocks.empty()) {
      record["clocks"] = nullptr;
      record["unavailable"]["clocks"] = "the launch ended before its first run, around which clocks are read";
      return;
    }
    record["clocks"].push_back(
        to_json(nodes.ranks[static_cast<std::size_t>(nodes.leader_of(node))], clocks[static_cast<std::size_t>(node)]));
  }
}

}  // namespace lauebench
