#include "cluster/core_shares.hpp"

#include <numeric>

#include <gmock/gmock.h>

namespace lauebench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CpuSet range(int first, int last) {
  CpuSet cpus(static_cast<std::size_t>(last - first) + 1);
  std::iota(cpus.begin(), cpus.end(), first);
  return cpus;
}

/// Two memories of four cores, CPUs 0 to 7.
CoreMap two_memories() { return CoreMap("numa:2 core:4 pu:1"); }

std::vector<CpuSet> anywhere(std::size_t ranks) { return std::vector<CpuSet>(ranks); }

TEST(CoreShares, RanksGetEqualPartsThatLieTogether) {
  EXPECT_THAT(two_memories().share_out(range(0, 7), anywhere(1)), ElementsAre(range(0, 7)));
  EXPECT_THAT(two_memories().share_out(range(0, 7), anywhere(2)), ElementsAre(range(0, 3), range(4, 7)));
  EXPECT_THAT(two_memories().share_out(range(0, 7), anywhere(4)),
              ElementsAre(range(0, 1), range(2, 3), range(4, 5), range(6, 7)));
}

TEST(CoreShares, PartsDifferByOneCoreAtMost) {
  CoreMap const three_caches("numa:1 l3:3 core:4 pu:1");
  EXPECT_THAT(three_caches.share_out(range(0, 11), anywhere(2)), ElementsAre(range(0, 5), range(6, 11)));
  EXPECT_THAT(CoreMap("numa:2 core:3 pu:1").share_out(range(0, 5), anywhere(3)),
              ElementsAre(range(0, 1), range(2, 3), range(4, 5)));
  for (CpuSet const& share : CoreMap("numa:2 core:8 pu:1").share_out(range(0, 15), anywhere(5))) {
    EXPECT_THAT(share.size(), testing::AllOf(testing::Ge(3U), testing::Le(4U)));
  }
}

TEST(CoreShares, HardwareThreadsOfACoreStayTogether) {
  CoreMap const map("numa:1 core:2 pu:2");
  EXPECT_THAT(map.share_out(range(0, 3), anywhere(2)), ElementsAre(range(0, 1), range(2, 3)));
}

TEST(CoreShares, OnlyWhatTheLauncherGaveIsSharedOut) {
  EXPECT_THAT(two_memories().share_out({1, 2, 5, 6}, anywhere(2)), ElementsAre(CpuSet{1, 2}, CpuSet{5, 6}));
}

TEST(CoreShares, MoreRanksThanCoresShareThem) {
  auto const shares = two_memories().share_out({0, 1}, anywhere(3));
  ASSERT_EQ(shares.size(), 3U);
  for (CpuSet const& share : shares) {
    EXPECT_EQ(share.size(), 1U);
  }
}

TEST(CoreShares, EachRankStaysNearItsDevice) {
  CpuSet const first = range(0, 3);
  CpuSet const second = range(4, 7);
  EXPECT_THAT(two_memories().share_out(range(0, 7), {second, first, second, {}}),
              ElementsAre(range(4, 5), range(0, 1), range(6, 7), range(2, 3)))
      << "the last one is at home nowhere, and goes where most is left";
  EXPECT_THAT(two_memories().share_out(range(0, 7), {second, {}, range(0, 7)}),
              ElementsAre(second, range(0, 1), range(2, 3)));
  EXPECT_THAT(two_memories().share_out(first, {second, second}), ElementsAre(range(0, 1), range(2, 3)))
      << "nothing there may be used";
}

TEST(CoreShares, ThisMachineIsSharedOutWithinWhatMayBeUsed) {
  CpuSet const mine = current_affinity();
  EXPECT_THAT(CoreMap().share_out(mine, anywhere(1)), ElementsAre(mine));
}

TEST(CoreShares, WhatCannotBeLookedAtGivesNothing) {
  EXPECT_THAT(CoreMap("no machine").share_out({0}, anywhere(1)), IsEmpty());
  EXPECT_THAT(two_memories().share_out({}, anywhere(1)), IsEmpty());
  EXPECT_THAT(two_memories().near_device("00000000:3b:00.0"), IsEmpty());
}

}  // namespace
}  // namespace lauebench
