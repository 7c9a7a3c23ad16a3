#include "bench/target_table.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_ceilings.hpp"
#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_report;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// Of a point with one rank in staging folder `target`; its only run took `seconds`, or failed.
PointResult result_of(int threads, int target, std::optional<double> seconds) {
  GridPoint point = cpu_point(1, threads);
  point.target = target;
  RankReport report = sample_report(0, 0.0, seconds.value_or(1.0));
  report.accuracy = Unknown{"no truth"};
  report.outcome.code = seconds ? ReturnCode::ok : ReturnCode::io_error;
  PointResult result(point, 1);
  result.add(0, make_run_record(point, {report}, asked_memory_bytes));
  return result;
}

std::vector<StagedTarget> two_targets() {
  std::vector<StagedTarget> targets(2);
  targets[0].path = "/fast";
  targets[0].filesystem.type = "xfs";
  targets[1].path = "/slow";
  targets[1].filesystem.type = "nfs";
  return targets;
}

TEST(TargetTables, CompareEachPointOverTheFolders) {
  std::vector const results{result_of(1, 0, 2.0), result_of(1, 1, 8.0), result_of(2, 0, 1.0), result_of(2, 1, 1.0)};
  std::string const text = target_tables(results, {}, two_targets());
  EXPECT_THAT(text, HasSubstr("/fast (xfs)\npoint      runs  median s"));
  EXPECT_THAT(text, HasSubstr("/slow (nfs)\npoint      runs  median s"));
  EXPECT_THAT(text, EndsWith("point      target  median s  times the fastest\n"
                             "cpu-p1-t1   /fast         2               1.00\n"
                             "cpu-p1-t1   /slow         8               4.00\n"
                             "cpu-p1-t2   /fast         1               1.00\n"
                             "cpu-p1-t2   /slow         1               1.00\n"
                             "/fast (xfs): 1.00 times as long as the fastest over all points\n"
                             "/slow (nfs): 2.00 times as long as the fastest over all points\n"));
}

TEST(TargetTables, HaveCeilingsBesideThem) {
  std::vector results{result_of(1, 0, 2.0), result_of(1, 1, 4.0)};
  PointCeilings ceilings = test::sample_ceilings();
  ceilings.of[CeilingKind::create_files] = test::ceiling_of({{CeilingKind::create_files, 42.0, 0.5, 0.0}});
  results[1].add_ceilings(ceilings);
  std::string const text = target_tables(results, {}, two_targets());
  EXPECT_THAT(text, HasSubstr("times the fastest  plain read MB/s  plain write MB/s  new files/s  bottleneck\n"
                              "cpu-p1-t1   /fast         2               1.00                -                 -"
                              "            -           -\n"
                              "cpu-p1-t1   /slow         4               2.00            0.002            0.0004"
                              "           84     compute\n"));
}

TEST(TargetTables, SayNothingOfPointsThatFailedSomewhere) {
  std::vector const results{result_of(1, 0, 2.0), result_of(1, 1, {})};
  std::string const text = target_tables(results, {}, two_targets());
  EXPECT_THAT(text, HasSubstr("cpu-p1-t1   /slow         -                  -\n"));
  EXPECT_THAT(text, Not(HasSubstr("over all points")));
  EXPECT_FALSE(times_the_fastest(results, 2)[0].has_value());
}

TEST(TargetTables, TellSkippedPointsWhereTheyBelong) {
  std::vector const results{result_of(1, 0, 2.0), result_of(1, 1, 2.0)};
  GridPoint large = cpu_point(9, 1);
  large.target = 1;
  std::string const text = target_tables(results, std::vector<SkippedPoint>{{large, "too large"}}, two_targets());
  EXPECT_GT(text.find("skipped cpu-p9-t1: too large\n"), text.find("/slow (nfs)"));
}

TEST(TimesTheFastest, IsTheGeometricMeanOverPointsThatAllHave) {
  std::vector const results{result_of(1, 0, 3.0),  result_of(1, 1, 1.0), result_of(2, 0, 1.0),
                            result_of(2, 1, 12.0), result_of(4, 0, 1.0), result_of(4, 1, {})};
  auto const times = times_the_fastest(results, 2);
  EXPECT_DOUBLE_EQ(times[0].value(), 1.0);
  EXPECT_DOUBLE_EQ(times[1].value(), std::sqrt(4.0));
}

TEST(TimesTheFastest, LeavesOutTargetsWithoutRuns) {
  std::vector const results{result_of(1, 0, 3.0), result_of(1, 1, {}), result_of(1, 2, 1.0)};
  auto const times = times_the_fastest(results, 3);
  EXPECT_DOUBLE_EQ(times[0].value(), 3.0);
  EXPECT_FALSE(times[1].has_value());
  EXPECT_DOUBLE_EQ(times[2].value(), 1.0);
}

}  // namespace
}  // namespace lauebench
