#include "bench/point_result.hpp"

#include <gmock/gmock.h>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_report;

TEST(PointResult, FailedRunsAreCountedAndLeftOutOfTheStatistics) {
  PointResult result(cpu_point(1, 1), 3);
  result.add(result.made(), make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, 2.0)}, asked_memory_bytes));
  RankReport failed = sample_report(0, 0.0, 90.0);
  failed.outcome.code = ReturnCode::reconstruction_error;
  result.add(result.made(), make_run_record(cpu_point(1, 1), {failed}, asked_memory_bytes));
  result.add(result.made(), make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, 4.0)}, asked_memory_bytes));

  EXPECT_EQ(result.made(), 3);
  EXPECT_EQ(result.succeeded(), 2);
  EXPECT_EQ(result.failed(), 1);
  EXPECT_DOUBLE_EQ(result.statistics()->p50, 3.0);
  EXPECT_DOUBLE_EQ(result.statistics()->max, 4.0);
  EXPECT_DOUBLE_EQ(result.throughput_per_min().value(), 20.0);
  EXPECT_DOUBLE_EQ(result.pixel_steps_per_s().value(), sample_report(0).outcome.pixel_steps() / 3.0);
}

TEST(PointResult, WarmUpsAreNotPlannedRuns) {
  Plan plan;
  plan.points = {cpu_point(1, 1), cpu_point(1, 2)};
  plan.runs = {
      {0, 0, RunKind::warmup}, {0, 0, RunKind::measured}, {1, 0, RunKind::measured}, {1, 1, RunKind::measured}};
  std::vector<PointResult> const results = empty_results(plan);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].planned(), 1);
  EXPECT_EQ(results[1].planned(), 2);
  EXPECT_EQ(results[1].point().id, "cpu-p1-t2");
}

TEST(PointResult, OutliersAreNamedByTheirRunIndex) {
  PointResult result(cpu_point(1, 1), std::nullopt);
  RankReport failed = sample_report(0);
  failed.outcome.code = ReturnCode::io_error;
  auto const add = [&result](RankReport const& report) {
    result.add(result.made(), make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes));
  };
  add(failed);
  for (double const seconds : {2.0, 2.01, 1.99, 9.0, 2.02}) {
    add(sample_report(0, 0.0, seconds));
  }
  EXPECT_FALSE(result.outliers()) << "five say too little";
  add(sample_report(0, 0.0, 1.98));
  EXPECT_THAT(result.outliers(), testing::Optional(testing::ElementsAre(4)));
  EXPECT_FALSE(result.is_first_slow()) << "the first run failed";
}

TEST(PointResult, RunsOfEarlierLaunchesCountWithTheirOwnIndices) {
  PointResult result(cpu_point(1, 1), 3);
  result.add_earlier({"cpu-p1-t1", 0, 1, 4.0, 80.0, CacheState::cold, {RunFlag::oversubscribed}, {1}});
  EXPECT_EQ(result.pixel_steps_per_s(), 20.0);
  result.add(0, make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, 2.0)}, asked_memory_bytes));
  EXPECT_EQ(result.succeeded(), 2);
  EXPECT_EQ(result.resumed(), 1);
  EXPECT_EQ(result.statistics()->p50, 3.0);
  EXPECT_EQ(result.flags().at(RunFlag::oversubscribed), 1);
  EXPECT_EQ(result.cache_states().at(CacheState::cold), 1);
}

TEST(PointResult, FirstRunIsHeldAgainstTheOthers) {
  PointResult slow(cpu_point(1, 1), std::nullopt);
  PointResult ordinary(cpu_point(1, 1), std::nullopt);
  for (double const seconds : {4.0, 2.01, 1.99, 2.0, 2.02, 1.98}) {
    slow.add(slow.made(), make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, seconds)}, asked_memory_bytes));
  }
  for (double const seconds : {2.0, 2.01, 1.99, 4.0, 2.02, 1.98}) {
    ordinary.add(ordinary.made(),
                 make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, seconds)}, asked_memory_bytes));
  }
  EXPECT_EQ(slow.is_first_slow(), true);
  EXPECT_EQ(ordinary.is_first_slow(), false);
}

TEST(PointResult, OnlyASustainedPointIsJudgedAsOne) {
  PointResult sustained(cpu_point(1, 1), std::nullopt, 60.0);
  PointResult ordinary(cpu_point(1, 1), 2);
  for (int run = 0; run < least_values_for_sustained; ++run) {
    double const seconds = 2 * run < least_values_for_sustained ? 2.0 : 3.0;
    sustained.add(sustained.made(),
                  make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, seconds)}, asked_memory_bytes));
    ordinary.add(ordinary.made(),
                 make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, seconds)}, asked_memory_bytes));
  }
  EXPECT_DOUBLE_EQ(sustained.sustained().value().change(), 0.5);
  EXPECT_FALSE(ordinary.sustained());
}

TEST(PointResult, WithATargetNoNumberIsPlanned) {
  Plan plan;
  plan.points = {cpu_point(1, 1)};
  plan.runs = {{0, 0, RunKind::measured}};
  plan.target_half_width = 0.02;
  EXPECT_FALSE(empty_results(plan).front().planned());
}

}  // namespace
}  // namespace lauebench
