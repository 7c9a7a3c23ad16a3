#include <gtest/gtest.h>

#include "bench/launch_site.hpp"
#include "cluster/binding.hpp"
#include "cluster/mpi_communicator.hpp"

namespace lauebench {
namespace {

TEST(MpiLaunchSite, EveryRankKnowsAllRanksAndMayUseAllCoresOfItsNode) {
  auto const ranks = make_mpi_communicator();
  LaunchSite const site = survey_launch(*ranks, Binding::none);
  ASSERT_EQ(static_cast<int>(site.ranks.size()), ranks->size());
  RankSite const& mine = site.ranks[static_cast<std::size_t>(ranks->rank())];
  EXPECT_EQ(mine.cpus, current_affinity());
  EXPECT_GT(mine.available_bytes, 0U);
  for (RankSite const& other : site.ranks) {
    EXPECT_EQ(other.cpus, mine.cpus) << "all ranks of this test run on one node";
  }
}

TEST(MpiLaunchSite, EveryRankKnowsEveryNode) {
  auto const ranks = make_mpi_communicator();
  LaunchSite const site = survey_launch(*ranks, Binding::none);
  ASSERT_EQ(site.hosts.size(), 1U);
  EXPECT_EQ(site.hosts[0].hostname, site.nodes.ranks[0].host);
  EXPECT_GT(site.hosts[0].logical_cpus, 0);
  EXPECT_EQ(site.nodes.sizes(), std::vector<int>{ranks->size()});
}

}  // namespace
}  // namespace lauebench
