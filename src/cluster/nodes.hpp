#pragma once

#include <optional>
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

  /// How many ranks each node has.
  [[nodiscard]] std::vector<int> sizes() const;

  /// Those with the lowest numbers on their nodes, `on_nodes` of them on each; in ascending order.
  [[nodiscard]] std::vector<int> lowest_ranks(std::vector<int> const& on_nodes) const;

  /// Where `rank` stands among them; empty: nowhere.
  [[nodiscard]] std::optional<int> index_in_lowest(int rank, std::vector<int> const& on_nodes) const;

  /// Where those of them stand that run on `node`, ascending.
  [[nodiscard]] std::vector<int> indices_on(int node, std::vector<int> const& on_nodes) const;

  /// Whether `rank` is the one that acts for its node: the lowest there.
  [[nodiscard]] bool leads_node(int rank) const { return ranks[static_cast<std::size_t>(rank)].local_rank == 0; }

  /// The rank that does so for `node`.
  [[nodiscard]] int leader_of(int node) const;

  [[nodiscard]] std::string const& host_of(int node) const {
    return ranks[static_cast<std::size_t>(leader_of(node))].host;
  }
};

/// Collective.
[[nodiscard]] Nodes find_nodes(Communicator& ranks);

[[nodiscard]] std::string host_name();

}  // namespace lauebench
