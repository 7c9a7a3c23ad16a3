#include "cluster/nodes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

namespace lauebench {
namespace {

/// One rank's part of what find_nodes collects: "<lowest rank on the node> <host>". No host name holds spaces.
std::string describe(int lowest_rank) { return fmt::format("{} {}", lowest_rank, host_name()); }

struct Description {
  int lowest_rank = 0;
  std::string host;
};

Description parse(std::string const& text) {
  auto const space = text.find(' ');
  return {std::stoi(text.substr(0, space)), text.substr(space + 1)};
}

}  // namespace

std::vector<int> Nodes::sizes() const {
  std::vector<int> sizes(static_cast<std::size_t>(count));
  for (RankPlace const& place : ranks) {
    sizes[static_cast<std::size_t>(place.node)] = place.local_size;
  }
  return sizes;
}

std::vector<int> Nodes::lowest_ranks(std::vector<int> const& on_nodes) const {
  std::vector<int> chosen;
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    RankPlace const& place = ranks[rank];
    if (place.local_rank < on_nodes.at(static_cast<std::size_t>(place.node))) {
      chosen.push_back(static_cast<int>(rank));
    }
  }
  return chosen;
}

std::optional<int> Nodes::index_in_lowest(int rank, std::vector<int> const& on_nodes) const {
  auto const chosen = lowest_ranks(on_nodes);
  auto const found = std::ranges::lower_bound(chosen, rank);
  return found != chosen.end() && *found == rank ? std::optional(static_cast<int>(found - chosen.begin()))
                                                 : std::nullopt;
}

int Nodes::leader_of(int node) const {
  return static_cast<int>(std::ranges::find(ranks, node, &RankPlace::node) - ranks.begin());
}

std::vector<int> Nodes::indices_on(int node, std::vector<int> const& on_nodes) const {
  auto const chosen = lowest_ranks(on_nodes);
  std::vector<int> indices;
  for (std::size_t index = 0; index < chosen.size(); ++index) {
    if (ranks[static_cast<std::size_t>(chosen[index])].node == node) {
      indices.push_back(static_cast<int>(index));
    }
  }
  return indices;
}

Nodes find_nodes(Communicator& ranks) {
  Nodes nodes;
  nodes.count = 0;
  std::map<int, int> node_of_lowest_rank;
  std::map<int, int> ranks_on_node;
  for (auto const& text : gather_on_all(ranks, describe(ranks.lowest_rank_on_node()))) {
    Description const rank = parse(text);
    // ranks come in ascending order, so nodes are numbered in the order of their lowest ranks
    auto const [known, is_new] = node_of_lowest_rank.try_emplace(rank.lowest_rank, nodes.count);
    nodes.count += is_new ? 1 : 0;
    nodes.ranks.push_back({known->second, ranks_on_node[known->second]++, 0, rank.host});
  }
  for (auto& place : nodes.ranks) {
    place.local_size = ranks_on_node[place.node];
  }
  return nodes;
}

std::string host_name() {
  std::array<char, 257> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string("localhost");
}

}  // namespace lauebench
