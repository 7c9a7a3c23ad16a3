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

int Nodes::active_ranks(int node, int parallel) const {
  auto const end = ranks.begin() + std::clamp(parallel, 0, static_cast<int>(ranks.size()));
  return static_cast<int>(
      std::count_if(ranks.begin(), end, [node](RankPlace const& place) { return place.node == node; }));
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
