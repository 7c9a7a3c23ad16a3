#include "bench/point_result.hpp"

#include <gtest/gtest.h>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_report;

TEST(PointResult, FailedRunsAreCountedAndLeftOutOfTheStatistics) {
  PointResult result(cpu_point(1, 1), 3);
  result.add(make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, 2.0)}, asked_memory_bytes));
  RankReport failed = sample_report(0, 0.0, 90.0);
  failed.outcome.code = ReturnCode::reconstruction_error;
  result.add(make_run_record(cpu_point(1, 1), {failed}, asked_memory_bytes));
  EXPECT_FALSE(result.is_done());
  result.add(make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, 4.0)}, asked_memory_bytes));

  EXPECT_TRUE(result.is_done());
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

}  // namespace
}  // namespace lauebench
