#include "plan/rank_placement.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "config/option_entries.hpp"
#include "config/words.hpp"

namespace lauebench {
namespace {

int sum(std::vector<int> const& ranks) { return std::accumulate(ranks.begin(), ranks.end(), 0); }

std::string count_text(int count, std::string_view noun) { return plural(static_cast<std::size_t>(count), noun); }

/// At most `capacity` on each node.
std::vector<int> fill(int ranks, std::vector<int> const& capacity) {
  std::vector<int> on_nodes;
  for (int const room : capacity) {
    on_nodes.push_back(std::min(ranks, room));
    ranks -= on_nodes.back();
  }
  return on_nodes;
}

/// The same, `ranks` being no more than the sum.
std::vector<int> deal_out(int ranks, std::vector<int> const& capacity) {
  std::vector<int> on_nodes(capacity.size());
  for (int round = 1; ranks > 0; ++round) {
    for (std::size_t node = 0; node < capacity.size() && ranks > 0; ++node) {
      if (capacity[node] >= round) {
        ++on_nodes[node];
        --ranks;
      }
    }
  }
  return on_nodes;
}

/// What the nodes that the point uses, with `capacity` ranks each, lack; empty: nothing.
std::string lack_of(GridPoint const& point, std::vector<int> const& capacity, int launched_ranks, int launched_nodes) {
  int const wanted_nodes = point.nodes.value_or(launched_nodes);
  if (wanted_nodes > launched_nodes) {
    return fmt::format("needs {}, launched on {}", count_text(wanted_nodes, "node"), launched_nodes);
  }
  if (point.per_node && std::ranges::min(capacity) < *point.per_node) {
    return fmt::format("needs {} on each of {}, one of which has {}", count_text(*point.per_node, "rank"),
                       count_text(wanted_nodes, "node"), std::ranges::min(capacity));
  }
  if (point.parallel <= sum(capacity)) {
    return {};
  }
  return point.nodes ? fmt::format("needs {} on {}, where {} of {} were launched", count_text(point.parallel, "rank"),
                                   count_text(wanted_nodes, "node"), sum(capacity), launched_ranks)
                     : fmt::format("needs {}, launched with {}", count_text(point.parallel, "rank"), launched_ranks);
}

}  // namespace

PlacedRanks place_ranks(GridPoint const& point, Placement placement, std::vector<int> const& launched) {
  int const nodes = static_cast<int>(launched.size());
  std::vector<int> capacity(launched.begin(), launched.begin() + std::min(nodes, point.nodes.value_or(nodes)));
  PlacedRanks placed;
  placed.problem = lack_of(point, capacity, sum(launched), nodes);
  if (point.per_node) {
    std::ranges::transform(capacity, capacity.begin(), [&](int room) { return std::min(room, *point.per_node); });
  }
  int const present = std::min(point.parallel, sum(capacity));
  placed.on_nodes = placement == Placement::packed ? fill(present, capacity) : deal_out(present, capacity);
  if (placed.problem.empty() && point.nodes && std::ranges::count(placed.on_nodes, 0) > 0) {
    placed.problem =
        fmt::format("cannot use all of its {} with {} and --placement {}", count_text(*point.nodes, "node"),
                    count_text(point.parallel, "rank"), to_word(placement));
  }
  placed.on_nodes.resize(launched.size());
  placed.on_nodes.front() += point.parallel - present;
  return placed;
}

}  // namespace lauebench
