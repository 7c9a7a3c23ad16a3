#include <gtest/gtest.h>

#include "bench/launch_site.hpp"
#include "cluster/binding.hpp"
#include "cluster/mpi_communicator.hpp"

namespace lauebench {
namespace {

TEST(MpiLaunchSite, EveryRankKnowsAllRanksAndMayUseAllCoresOfItsNode) {
  auto const ranks = make_mpi_communicator();
  LaunchSite const site = survey_launch(*ranks);
  ASSERT_EQ(static_cast<int>(site.ranks.size()), ranks->size());
  RankSite const& mine = site.ranks[static_cast<std::size_t>(ranks->rank())];
  EXPECT_EQ(mine.cpus, current_affinity());
  EXPECT_GT(mine.available_bytes, 0U);
  for (RankSite const& other : site.ranks) {
    EXPECT_EQ(other.cpus, mine.cpus) << "all ranks of this test run on one node";
  }
}

TEST(MpiLaunchSite, NodesListTheirRanks) {
  auto const ranks = make_mpi_communicator();
  LaunchSite const site = survey_launch(*ranks);
  ASSERT_EQ(site.node_records.size(), 1U);
  nlohmann::ordered_json const& members = site.node_records.at(0).at("ranks");
  ASSERT_EQ(static_cast<int>(members.size()), ranks->size());
  for (int rank = 0; rank < ranks->size(); ++rank) {
    EXPECT_EQ(members.at(static_cast<std::size_t>(rank)).at("rank"), rank);
    EXPECT_EQ(members.at(static_cast<std::size_t>(rank)).at("cpus").get<CpuSet>(), site.ranks[0].cpus);
  }
}

}  // namespace
}  // namespace lauebench
