#include "bench/run_record.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_report;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(RunRecord, WallTimeIsLastEndMinusFirstStart) {
  RunRecord const record = make_run_record(
      cpu_point(2, 1), {sample_report(0, 0.001, 2.0), sample_report(1, 0.003, 2.501)}, asked_memory_bytes);
  EXPECT_DOUBLE_EQ(record.total_wall_s, 2.5);
  EXPECT_DOUBLE_EQ(record.start_skew_s, 0.002);
  EXPECT_TRUE(record.success);
}

TEST(RunRecord, ImbalanceIsSlowestOverMean) {
  RunRecord const record =
      make_run_record(cpu_point(2, 1), {sample_report(0, 0.0, 1.0), sample_report(1, 0.0, 3.0)}, asked_memory_bytes);
  EXPECT_DOUBLE_EQ(record.imbalance.value(), 1.5);
}

TEST(RunRecord, RatesAreOfAllRanksTogether) {
  RunRecord const record =
      make_run_record(cpu_point(2, 1), {sample_report(0, 0.0, 4.0), sample_report(1, 0.0, 4.0)}, asked_memory_bytes);
  ASSERT_TRUE(record.rates);
  EXPECT_DOUBLE_EQ(record.rates->throughput_per_min, 60.0 * 2 / 4.0);
  EXPECT_DOUBLE_EQ(record.rates->pixel_steps_per_s, 2 * sample_report(0).outcome.pixel_steps() / 4.0);
  EXPECT_DOUBLE_EQ(record.rates->depth_voxels_per_s, 2 * 41.0 * 48.0 * 64.0 / 4.0);
  EXPECT_DOUBLE_EQ(record.rates->bytes_per_s, 2 * 1500.0 / 4.0);
}

TEST(RunRecord, OneFailedRankFailsTheRunAndHasNoRates) {
  RankReport failed = sample_report(1);
  failed.outcome.code = ReturnCode::io_error;
  RunRecord const record = make_run_record(cpu_point(2, 1), {sample_report(0), failed}, asked_memory_bytes);
  EXPECT_FALSE(record.success);
  EXPECT_FALSE(record.rates);
  EXPECT_DOUBLE_EQ(record.total_wall_s, 2.0);
}

TEST(RunRecord, RankThatFailedAtOnceHasNoImbalance) {
  RankReport failed = sample_report(0, 0.0, 0.0);
  failed.outcome.code = ReturnCode::bad_input;
  EXPECT_FALSE(make_run_record(cpu_point(1, 1), {failed}, asked_memory_bytes).imbalance);
}

TEST(RunRecord, OrdinaryRunHasNoFlag) {
  EXPECT_THAT(make_run_record(cpu_point(1, 2), {sample_report(0)}, asked_memory_bytes).flags, IsEmpty());
}

TEST(RunRecord, StartSkewIsFlaggedAboveOnePercent) {
  auto const flags_at = [](double skew_s) {
    return make_run_record(cpu_point(2, 1), {sample_report(0, 0.0, 2.0), sample_report(1, skew_s, 2.0)},
                           asked_memory_bytes)
        .flags;
  };
  EXPECT_THAT(flags_at(0.0199), IsEmpty());
  EXPECT_THAT(flags_at(0.0201), ElementsAre(RunFlag::start_skew));
}

TEST(RunRecord, MissingThreadsAreFlagged) {
  RankReport report = sample_report(0);
  report.outcome.threads_counted = 1;
  EXPECT_THAT(make_run_record(cpu_point(1, 2), {report}, asked_memory_bytes).flags,
              ElementsAre(RunFlag::threads_fewer_than_asked));
}

TEST(RunRecord, ThreadsThatAFailedRankNeverStartedAreNotMissing) {
  RankReport report = sample_report(0);
  report.outcome.threads_counted = 0;
  report.outcome.code = ReturnCode::bad_input;
  EXPECT_THAT(make_run_record(cpu_point(1, 2), {report}, asked_memory_bytes).flags, IsEmpty());
}

TEST(RunRecord, BindingThatDidNotSucceedIsFlagged) {
  RankReport report = sample_report(0);
  report.cores.affinity = Affinity::not_widened;
  EXPECT_THAT(make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes).flags,
              ElementsAre(RunFlag::affinity_not_widened));
  report.cores.affinity = Affinity::not_bound;
  EXPECT_THAT(make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes).flags, ElementsAre(RunFlag::not_bound));
}

TEST(RunRecord, MoreThreadsThanCoresOnOneNodeAreFlagged) {
  RankReport elsewhere = sample_report(1);
  EXPECT_THAT(make_run_record(cpu_point(2, 2), {sample_report(0), elsewhere}, asked_memory_bytes).flags,
              ElementsAre(RunFlag::oversubscribed));
  elsewhere.node_index = 1;  // of the same host name
  EXPECT_THAT(make_run_record(cpu_point(2, 2), {sample_report(0), elsewhere}, asked_memory_bytes).flags, IsEmpty());
}

TEST(RunRecord, MoreThreadsThanARanksOwnShareAreFlagged) {
  RankReport small = sample_report(0);
  RankReport large = sample_report(1);
  small.cores = {{0}, Affinity::bound};
  large.cores = {{1, 2, 3}, Affinity::bound};
  EXPECT_THAT(make_run_record(cpu_point(2, 2), {small, large}, asked_memory_bytes).flags,
              ElementsAre(RunFlag::oversubscribed));
  EXPECT_THAT(make_run_record(cpu_point(2, 1), {small, large}, asked_memory_bytes).flags, IsEmpty());
}

TEST(RunRecord, LoweredMemoryLimitIsFlagged) {
  RankReport report = sample_report(0);
  report.outcome.memory.limit_bytes = asked_memory_bytes - 1;
  EXPECT_THAT(make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes).flags,
              ElementsAre(RunFlag::memory_limit_lowered));
  report.outcome.memory.limit_bytes = 0;
  EXPECT_THAT(make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes).flags, IsEmpty())
      << "it failed before it had a limit";
}

TEST(RunRecord, ReconstructionOfNothingIsFlagged) {
  RankReport report = sample_report(1);
  report.outcome.images_are_empty = true;
  report.host = "node2";
  EXPECT_THAT(make_run_record(cpu_point(2, 1), {sample_report(0), report}, asked_memory_bytes).flags,
              ElementsAre(RunFlag::empty_images));
}

std::vector<RunFlag> flags_when(CachePolicy asked, CacheState state, std::vector<BeforeRun> before_run = {}) {
  RankReport report = sample_report(0);
  report.cache.state = state;
  RunRecord record = make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes);
  add_preparation(record, asked, std::move(before_run));
  EXPECT_EQ(record.cache.asked, asked);
  EXPECT_EQ(record.cache.state, state);
  return record.flags;
}

TEST(RunRecord, CacheStateThatWasNotReachedIsFlagged) {
  EXPECT_THAT(flags_when(CachePolicy::cold, CacheState::cold), IsEmpty());
  EXPECT_THAT(flags_when(CachePolicy::cold, CacheState::warm_only), ElementsAre(RunFlag::cache_not_cold));
  EXPECT_THAT(flags_when(CachePolicy::warm, CacheState::partial), ElementsAre(RunFlag::cache_not_warm));
  EXPECT_THAT(flags_when(CachePolicy::none, CacheState::partial), IsEmpty());
}

TEST(RunRecord, CommandThatFailedOnANodeIsFlagged) {
  BeforeRun const succeeded{0, "node1", {0, "", 0.1}};
  BeforeRun const failed{1, "node2", {1, "", 0.1}};
  BeforeRun const lost{1, "node2", {std::nullopt, "waitpid: no child", 0.1}};
  EXPECT_THAT(flags_when(CachePolicy::warm, CacheState::warm, {succeeded}), IsEmpty());
  for (BeforeRun const& before : {failed, lost}) {
    EXPECT_THAT(flags_when(CachePolicy::warm, CacheState::warm, {succeeded, before}),
                ElementsAre(RunFlag::before_run_failed));
  }
}

TEST(RunRecord, RanksOnOneGpuAreFlaggedWhereTheySeeAnother) {
  auto const is_flagged = [](std::vector<std::pair<std::string, int>> const& gpus) {
    std::vector<RankReport> reports;
    for (auto const& [uuid, visible] : gpus) {
      RankReport& report = reports.emplace_back(sample_report(static_cast<int>(reports.size())));
      report.gpu = test::sample_gpu();
      report.gpu->uuid = uuid;
      report.gpu->visible = visible;
    }
    auto const flags = make_run_record(cpu_point(static_cast<int>(gpus.size()), 1), reports, asked_memory_bytes).flags;
    return std::ranges::find(flags, RunFlag::gpu_needlessly_shared) != flags.end();
  };
  EXPECT_TRUE(is_flagged({{"a", 2}, {"a", 2}}));
  EXPECT_TRUE(is_flagged({{"a", 3}, {"b", 3}, {"a", 3}}));
  EXPECT_FALSE(is_flagged({{"a", 2}, {"b", 2}, {"a", 2}})) << "there are more ranks than GPUs";
  EXPECT_FALSE(is_flagged({{"a", 1}, {"a", 1}})) << "there is no other";
  EXPECT_FALSE(is_flagged({{"a", 1}, {"b", 1}})) << "each sees its own";
}

TEST(RunRecord, FlagsAreCalledAsInTheSchema) {
  EXPECT_EQ(to_string(RunFlag::start_skew), "start_skew");
  EXPECT_EQ(to_string(RunFlag::memory_limit_lowered), "memory_limit_lowered");
  EXPECT_EQ(to_string(RunFlag::empty_images), "empty_images");
  EXPECT_EQ(to_string(RunFlag::cache_not_warm), "cache_not_warm");
  EXPECT_EQ(to_string(RunFlag::cache_not_cold), "cache_not_cold");
  EXPECT_EQ(to_string(RunFlag::before_run_failed), "before_run_failed");
}

}  // namespace
}  // namespace lauebench
