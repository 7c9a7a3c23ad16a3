#include "plan/rank_placement.hpp"

#include <gmock/gmock.h>

namespace lauebench {
namespace {

using testing::ElementsAre;

constexpr Placement packed = Placement::packed;
constexpr Placement spread = Placement::spread;

GridPoint point(int parallel, std::optional<int> nodes = {}, std::optional<int> per_node = {}) {
  return {.id = "cpu", .parallel = parallel, .nodes = nodes, .per_node = per_node};
}

TEST(RankPlacement, PackedFillsOneNodeAfterTheOther) {
  EXPECT_THAT(place_ranks(point(1), packed, {4, 4}).on_nodes, ElementsAre(1, 0));
  EXPECT_THAT(place_ranks(point(5), packed, {4, 4}).on_nodes, ElementsAre(4, 1));
  EXPECT_THAT(place_ranks(point(8), packed, {4, 4}).on_nodes, ElementsAre(4, 4));
  EXPECT_EQ(place_ranks(point(8), packed, {4, 4}).problem, "");
}

TEST(RankPlacement, SpreadGivesNodesRanksInTurnUntilTheyAreFull) {
  EXPECT_THAT(place_ranks(point(1), spread, {2, 4, 3}).on_nodes, ElementsAre(1, 0, 0));
  EXPECT_THAT(place_ranks(point(5), spread, {2, 4, 3}).on_nodes, ElementsAre(2, 2, 1));
  EXPECT_THAT(place_ranks(point(8), spread, {2, 4, 3}).on_nodes, ElementsAre(2, 3, 3));
}

TEST(RankPlacement, NumberOfNodesLimitsAndIsUsedInFull) {
  EXPECT_THAT(place_ranks(point(4, 2), spread, {4, 4, 4}).on_nodes, ElementsAre(2, 2, 0));
  EXPECT_THAT(place_ranks(point(4, 1), spread, {4, 4, 4}).on_nodes, ElementsAre(4, 0, 0));
  EXPECT_EQ(place_ranks(point(1, 2), spread, {4, 4}).problem,
            "cannot use all of its 2 nodes with 1 rank and --placement spread");
  EXPECT_EQ(place_ranks(point(4, 2), packed, {4, 4}).problem,
            "cannot use all of its 2 nodes with 4 ranks and --placement packed");
}

TEST(RankPlacement, CountedOnNodesEachHasTheSame) {
  EXPECT_THAT(place_ranks(point(4, 2, 2), packed, {4, 3, 4}).on_nodes, ElementsAre(2, 2, 0));
  EXPECT_EQ(place_ranks(point(4, 2, 2), packed, {4, 1}).problem,
            "needs 2 ranks on each of 2 nodes, one of which has 1");
}

TEST(RankPlacement, WhatIsMissingIsSaidAndCountsToTheFirstNode) {
  auto const ranks = place_ranks(point(8), packed, {2, 2});
  EXPECT_EQ(ranks.problem, "needs 8 ranks, launched with 4");
  EXPECT_THAT(ranks.on_nodes, ElementsAre(6, 2));
  auto const nodes = place_ranks(point(4, 4), spread, {1});
  EXPECT_EQ(nodes.problem, "needs 4 nodes, launched on 1");
  EXPECT_THAT(nodes.on_nodes, ElementsAre(4));
  EXPECT_EQ(place_ranks(point(4, 1), spread, {3, 3}).problem, "needs 4 ranks on 1 node, where 3 of 6 were launched");
}

}  // namespace
}  // namespace lauebench
