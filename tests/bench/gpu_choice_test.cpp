#include "bench/gpu_choice.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_launch.hpp"

namespace lauebench {
namespace {

using test::sample_site;
using testing::ElementsAre;

std::vector<CpuSet> unknown_places(std::size_t gpus) { return std::vector<CpuSet>(gpus); }

std::vector<int> choices(GpuPinning pinning, LaunchSite const& site, std::vector<CpuSet> const& near) {
  std::vector<int> chosen;
  for (std::size_t rank = 0; rank < site.ranks.size(); ++rank) {
    chosen.push_back(choose_gpu(pinning, site, static_cast<int>(rank), near));
  }
  return chosen;
}

/// As ranks find it that choose among `gpus` of their node in turn.
LaunchSite site_with_gpus(std::vector<int> const& ranks_per_node, int gpus) {
  LaunchSite site = sample_site(ranks_per_node);
  for (std::size_t rank = 0; rank < site.ranks.size(); ++rank) {
    GpuUse gpu;
    gpu.index = choose_gpu(GpuPinning::round_robin, site, static_cast<int>(rank),
                           unknown_places(static_cast<std::size_t>(gpus)));
    gpu.uuid = "GPU-" + std::to_string(site.nodes.ranks[rank].node) + "-" + std::to_string(gpu.index);
    gpu.visible = gpus;
    site.ranks[rank].gpu = gpu;
  }
  return site;
}

TEST(GpuChoice, GpusAreDealtToTheRanksOfANodeInTurn) {
  LaunchSite const site = sample_site({3, 2});
  EXPECT_THAT(choices(GpuPinning::round_robin, site, unknown_places(2)), ElementsAre(0, 1, 0, 0, 1));
  EXPECT_THAT(choices(GpuPinning::round_robin, site, {}), ElementsAre(0, 0, 0, 0, 0));
}

TEST(GpuChoice, WithoutPinningTheFirstIsTaken) {
  EXPECT_THAT(choices(GpuPinning::none, sample_site({3}), unknown_places(2)), ElementsAre(0, 0, 0));
}

TEST(GpuChoice, NearestIsNextToTheCoresThatTheLauncherGave) {
  LaunchSite site = sample_site({5});
  std::vector<CpuSet> const near{{0, 1}, {0, 1}, {2, 3}};
  site.ranks[0].launcher_cpus = {2};
  site.ranks[1].launcher_cpus = {0};
  site.ranks[2].launcher_cpus = {1};
  site.ranks[3].launcher_cpus = {3};
  site.ranks[4].launcher_cpus = {0, 1, 2, 3};
  EXPECT_THAT(choices(GpuPinning::nearest, site, near), ElementsAre(2, 0, 1, 2, 0));
}

TEST(GpuChoice, NearestIsInTurnWhereNobodyKnowsWhatIsNear) {
  EXPECT_THAT(choices(GpuPinning::nearest, sample_site({3, 2}), unknown_places(2)), ElementsAre(0, 1, 0, 0, 1));
}

TEST(GpuChoice, SharersAreThoseOfTheNodeThatAreActiveOnTheSameGpu) {
  LaunchSite const site = site_with_gpus({3, 2}, 2);
  EXPECT_EQ(gpu_sharers(site, {3, 2}, 0), 2);
  EXPECT_EQ(gpu_sharers(site, {3, 2}, 1), 1);
  EXPECT_EQ(gpu_sharers(site, {3, 2}, 3), 1);
  EXPECT_EQ(gpu_sharers(site, {2, 0}, 0), 1);
  EXPECT_EQ(gpu_sharers(site_with_gpus({3, 2}, 1), {3, 2}, 0), 3);
}

/// Slurm's --gpus-per-task: device 0 is another one for each.
TEST(GpuChoice, RanksThatSeeOneGpuEachShareNone) {
  LaunchSite site = site_with_gpus({2}, 1);
  std::get<GpuUse>(site.ranks[1].gpu).uuid = "another";
  EXPECT_EQ(gpu_sharers(site, {2}, 0), 1);
  EXPECT_EQ(gpu_sharers(site, {2}, 1), 1);
}

TEST(GpuChoice, RanksThatADryRunLacksAreDealtInTurn) {
  EXPECT_EQ(gpu_sharers(site_with_gpus({1}, 1), {4}, 0), 4);
  EXPECT_EQ(gpu_sharers(site_with_gpus({1}, 2), {4}, 0), 3);
}

TEST(GpuChoice, ARankWithoutAGpuSharesNone) {
  EXPECT_EQ(gpu_sharers(sample_site({2}), {2}, 0), 1);
  EXPECT_EQ(gpu_of(sample_site({2}), 1), 0);
  EXPECT_EQ(gpu_of(site_with_gpus({2}, 2), 1), 1);
}

}  // namespace
}  // namespace lauebench
