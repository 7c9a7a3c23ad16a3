#include "bench/launch_site.hpp"

#include <gtest/gtest.h>

#include "cluster/communicator.hpp"
#include "sample_launch.hpp"

namespace lauebench {
namespace {

using test::gib;
using test::sample_site;

TEST(LaunchSite, LimitIsInEffectWhereMemoryIsPlenty) {
  EXPECT_EQ(memory_in_effect(sample_site({2}), gib, {2}, 0), gib);
}

TEST(LaunchSite, ActiveRanksOfANodeShareFourFifthsOfItsMemory) {
  LaunchSite const site = sample_site({4});
  EXPECT_NEAR(static_cast<double>(memory_in_effect(site, 100 * gib, {1}, 0)), 0.8 * 8 * static_cast<double>(gib), 1.0);
  EXPECT_NEAR(static_cast<double>(memory_in_effect(site, 100 * gib, {4}, 0)), 0.2 * 8 * static_cast<double>(gib), 1.0);
}

TEST(LaunchSite, RanksOfOtherNodesTakeNothing) {
  LaunchSite const site = sample_site({1, 3});
  EXPECT_NEAR(static_cast<double>(memory_in_effect(site, 100 * gib, {1, 3}, 0)), 0.8 * 8 * static_cast<double>(gib),
              1.0);
  EXPECT_NEAR(static_cast<double>(memory_in_effect(site, 100 * gib, {1, 2}, 1)), 0.4 * 8 * static_cast<double>(gib),
              1.0);
}

TEST(LaunchSite, LeastThatARankOfTheNodeFoundCounts) {
  LaunchSite site = sample_site({2});
  site.ranks[1].available_bytes = 5 * gib;
  EXPECT_NEAR(static_cast<double>(memory_in_effect(site, 100 * gib, {1}, 0)), 0.8 * 5 * static_cast<double>(gib), 1.0);
}

TEST(LaunchSite, SmallestLimitIsThatOfTheFullestNode) {
  EXPECT_EQ(smallest_memory_in_effect(sample_site({1, 3}), 100 * gib, {1, 3}),
            memory_in_effect(sample_site({1, 3}), 100 * gib, {1, 3}, 1));
  EXPECT_EQ(smallest_memory_in_effect(sample_site({1, 3}), 100 * gib, {1, 0}),
            memory_in_effect(sample_site({1, 3}), 100 * gib, {1, 0}, 0));
}

TEST(LaunchSite, RanksThatADryRunLacksCountToTheFirstNode) {
  EXPECT_EQ(smallest_memory_in_effect(sample_site({1}), 100 * gib, {4}),
            memory_in_effect(sample_site({4}), 100 * gib, {4}, 0));
}

TEST(LaunchSite, OneProcessSurveysItself) {
  auto const ranks = make_serial_communicator();
  LaunchSite const site = survey_launch(*ranks, Binding::none);
  ASSERT_EQ(site.ranks.size(), 1U);
  EXPECT_FALSE(site.ranks[0].cpus.empty());
  EXPECT_GT(site.ranks[0].available_bytes, 0U);
  ASSERT_EQ(site.hosts.size(), 1U);
  EXPECT_EQ(site.hosts[0].hostname, site.nodes.ranks[0].host);
}

}  // namespace
}  // namespace lauebench
