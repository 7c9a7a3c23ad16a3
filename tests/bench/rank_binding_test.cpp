#include "bench/rank_binding.hpp"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "cluster/binding.hpp"
#include "sample_launch.hpp"

namespace lauebench {
namespace {

using test::cpu_point;
using test::sample_site;

/// Ranks of one node that may use what this process may.
LaunchSite site_of(int ranks) {
  LaunchSite site = sample_site({ranks});
  for (RankSite& rank : site.ranks) {
    rank.cpus = current_affinity();
  }
  return site;
}

TEST(RankBinding, RanksOfAPointGetSharesThatDoNotOverlapAndGiveThemBack) {
  CpuSet const all = current_affinity();
  LaunchSite const site = site_of(2);
  RankBinding first(Binding::automatic, site, 0);
  RankBinding second(Binding::automatic, site, 1);
  RankCores const alone = first.bind(cpu_point(1, 1));
  EXPECT_EQ(alone.cpus, all);
  EXPECT_EQ(alone.affinity, Affinity::bound);
  RankCores const shared = first.bind(cpu_point(2, 1));
  EXPECT_EQ(current_affinity(), shared.cpus);
  RankCores const rest = second.bind(cpu_point(2, 1));
  EXPECT_EQ(shared.affinity, Affinity::bound);
  if (all.size() > 1) {
    CpuSet both = shared.cpus;
    both.insert(both.end(), rest.cpus.begin(), rest.cpus.end());
    EXPECT_THAT(both, testing::UnorderedElementsAreArray(all));
  }
  second.release();
  EXPECT_EQ(current_affinity(), all);
}

TEST(RankBinding, ThreadsThatExistAreBoundAsWell) {
  CpuSet const all = current_affinity();
  LaunchSite const site = site_of(static_cast<int>(all.size()));
  RankBinding binding(Binding::automatic, site, 0);
  std::atomic<bool> is_bound{false};
  CpuSet of_thread;
  std::thread worker([&is_bound, &of_thread] {
    is_bound.wait(false);
    of_thread = current_affinity();
  });
  RankCores const cores = binding.bind(cpu_point(static_cast<int>(all.size()), 1));
  is_bound = true;
  is_bound.notify_all();
  worker.join();
  binding.release();
  EXPECT_EQ(of_thread, cores.cpus);
  EXPECT_EQ(of_thread.size(), 1U);
}

TEST(RankBinding, WhatIsNotToBeBoundStaysAsItIs) {
  CpuSet const all = current_affinity();
  LaunchSite site = site_of(2);
  site.ranks[0].affinity = Affinity::inherited;
  RankBinding binding(Binding::inherit, site, 0);
  RankCores const cores = binding.bind(cpu_point(2, 1));
  EXPECT_EQ(cores.affinity, Affinity::inherited);
  EXPECT_EQ(cores.cpus, all);
  EXPECT_EQ(current_affinity(), all);
}

TEST(RankBinding, CoresThatCouldNotBeWidenedAreNotSharedOut) {
  LaunchSite site = site_of(2);
  site.ranks[0].affinity = Affinity::not_widened;
  RankCores const cores = RankBinding(Binding::automatic, site, 0).bind(cpu_point(2, 1));
  EXPECT_EQ(cores.affinity, Affinity::not_widened);
  EXPECT_EQ(cores.cpus, current_affinity());
}

TEST(RankBinding, WhereNoCoreOfTheShareMayBeUsedItSaysSo) {
  LaunchSite site = site_of(1);
  site.ranks[0].cpus = {100'000};
  RankCores const cores = RankBinding(Binding::automatic, site, 0).bind(cpu_point(1, 1));
  EXPECT_EQ(cores.affinity, Affinity::not_bound);
  EXPECT_EQ(cores.cpus, current_affinity());
}

}  // namespace
}  // namespace lauebench
