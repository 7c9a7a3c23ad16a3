#include "cluster/nodes.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/root_rank.hpp"

namespace lauebench {
namespace {

/// On two nodes, dealt in turn.
class TwoNodes final : public test::RootRank {
 public:
  TwoNodes() : RootRank(5) {}
  [[nodiscard]] std::vector<std::string> gather(std::string const& /*text*/) override {
    return {"0 n1", "1 n2", "0 n1", "1 n2", "0 n1"};
  }
};

TEST(FindNodes, WithoutMpiThereIsOneNodeWithOneRank) {
  auto const ranks = make_serial_communicator();
  Nodes const nodes = find_nodes(*ranks);
  EXPECT_EQ(nodes.count, 1);
  ASSERT_EQ(nodes.ranks.size(), 1U);
  EXPECT_EQ(nodes.ranks[0].local_size, 1);
  EXPECT_EQ(nodes.ranks[0].host, host_name());
}

TEST(GatherOnAll, KeepsEmptyTextsAndTheirOrder) {
  /// Whose ranks have little to say.
  class Taciturn final : public test::RootRank {
   public:
    Taciturn() : RootRank(5) {}
    [[nodiscard]] std::vector<std::string> gather(std::string const& /*text*/) override {
      return {"", "a b", "", "", ""};
    }
  };
  Taciturn ranks;
  EXPECT_THAT(gather_on_all(ranks, ""), testing::ElementsAre("", "a b", "", "", ""));
}

TEST(FindNodes, GroupsRanksByTheLowestRankTheyShareMemoryWith) {
  TwoNodes ranks;
  Nodes const nodes = find_nodes(ranks);
  EXPECT_EQ(nodes.count, 2);
  std::vector<int> node;
  std::vector<int> local;
  std::vector<int> sizes;
  std::string hosts;
  for (auto const& place : nodes.ranks) {
    node.push_back(place.node);
    local.push_back(place.local_rank);
    sizes.push_back(place.local_size);
    hosts += place.host;
  }
  EXPECT_THAT(node, testing::ElementsAre(0, 1, 0, 1, 0));
  EXPECT_THAT(local, testing::ElementsAre(0, 0, 1, 1, 2));
  EXPECT_THAT(sizes, testing::ElementsAre(3, 2, 3, 2, 3));
  EXPECT_EQ(hosts, "n1n2n1n2n1");
}

TEST(Nodes, EachRankHasALeaderOnItsNode) {
  TwoNodes ranks;
  Nodes const nodes = find_nodes(ranks);
  for (auto const& [rank, leader] : {std::pair{0, 0}, {1, 1}, {2, 0}, {3, 1}, {4, 0}}) {
    EXPECT_EQ(nodes.leader_of(nodes.ranks[static_cast<std::size_t>(rank)].node), leader);
    EXPECT_EQ(nodes.leads_node(rank), rank == leader);
  }
}

TEST(Nodes, LowestRanksOfEachNodeAreInAscendingOrder) {
  TwoNodes ranks;
  Nodes const nodes = find_nodes(ranks);
  EXPECT_THAT(nodes.sizes(), testing::ElementsAre(3, 2));
  EXPECT_THAT(nodes.lowest_ranks({2, 0}), testing::ElementsAre(0, 2));
  EXPECT_THAT(nodes.lowest_ranks({1, 2}), testing::ElementsAre(0, 1, 3));
  EXPECT_THAT(nodes.lowest_ranks({99, 0}), testing::ElementsAre(0, 2, 4)) << "a dry run with fewer ranks";
  EXPECT_EQ(nodes.index_in_lowest(3, {1, 2}), 2);
  EXPECT_EQ(nodes.index_in_lowest(2, {1, 2}), std::nullopt);
  EXPECT_THAT(nodes.indices_on(0, {1, 2}), testing::ElementsAre(0));
  EXPECT_THAT(nodes.indices_on(1, {1, 2}), testing::ElementsAre(1, 2));
  EXPECT_THAT(nodes.indices_on(1, {2, 0}), testing::IsEmpty());
}

}  // namespace
}  // namespace lauebench
