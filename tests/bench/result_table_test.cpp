#include "bench/result_table.hpp"

#include <gtest/gtest.h>

#include "sample_ceilings.hpp"
#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_report;

/// Of a scan without truth.
std::vector<RankReport> reports_of(GridPoint const& point, double end_s) {
  std::vector<RankReport> reports;
  reports.reserve(static_cast<std::size_t>(point.parallel));
  for (int rank = 0; rank < point.parallel; ++rank) {
    reports.push_back(sample_report(rank, 0.0, end_s));
    reports.back().accuracy = Unknown{"no truth"};
  }
  return reports;
}

RunRecord prepared_run(GridPoint const& point, std::vector<RankReport> reports, std::uint64_t asked_bytes) {
  RunRecord record = make_run_record(point, std::move(reports), asked_bytes);
  add_preparation(record, CachePolicy::none, {});
  return record;
}

PointResult result_with(GridPoint const& point, std::initializer_list<double> seconds) {
  PointResult result(point, static_cast<int>(seconds.size()));
  for (double const end_s : seconds) {
    result.add(result.made(), prepared_run(point, reports_of(point, end_s), asked_memory_bytes));
  }
  return result;
}

TEST(ResultTable, ShowsMediansAndMarksTheBest) {
  std::vector const results{result_with(cpu_point(1, 1), {2.0, 3.0, 10.0}), result_with(cpu_point(2, 1), {4.0})};
  // 61 images of 48 x 64 pixels: the steps of one reconstruction as RankOutcome counts them
  double const steps = sample_report(0).outcome.pixel_steps();
  ASSERT_NEAR(steps, 48.0 * 64.0 * 60.0, 48.0 * 64.0 * 3.0);
  std::string const text = result_table(results, {});
  EXPECT_NE(text.find("point      runs  median s  per minute  Mpixel-steps/s"), std::string::npos) << text;
  EXPECT_NE(text.find("cpu-p1-t1   3/3         3          20"), std::string::npos) << text;
  EXPECT_NE(text.find("cpu-p2-t1   1/1         4          30"), std::string::npos) << text;
  std::size_t const best_line = text.find("cpu-p2-t1");
  EXPECT_EQ(text.find('*'), text.find('\n', best_line) - 1) << text;
}

TEST(ResultTable, NamesThePointsThatTheRunsDoNotTellFromTheBest) {
  std::vector const results{result_with(cpu_point(1, 1), {2.0, 2.6, 10.0}), result_with(cpu_point(1, 2), {2.6, 2.7}),
                            result_with(cpu_point(2, 1), {4.0, 4.0, 5.0})};
  std::string const text = result_table(results, {});
  EXPECT_NE(text.find("\n* most reconstructions per minute, at the median; its runs overlap those of cpu-p1-t1\n"),
            std::string::npos)
      << text;
}

TEST(ResultTable, PointWithoutASuccessfulRunIsShownAndNeverBest) {
  PointResult failed(cpu_point(1, 1), 1);
  RankReport report = sample_report(0);
  report.outcome.code = ReturnCode::io_error;
  failed.add(failed.made(), make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes));
  std::string const text = result_table(std::vector{failed}, {});
  EXPECT_NE(text.find("0/1 (1 failed)         -           -               -\n"), std::string::npos) << text;
  EXPECT_EQ(text.find('*'), std::string::npos) << text;
}

TEST(ResultTable, SaysHowNearTheTruthThePointsAre) {
  PointResult result(cpu_point(1, 1), 1);
  result.add(result.made(), prepared_run(cpu_point(1, 1), {sample_report(0)}, asked_memory_bytes));
  std::string const text = result_table(std::vector{result}, {});
  EXPECT_NE(text.find("\naccuracy of 11 of 12 grains: depth error 0.041 um RMS, 0.042 um at most, 0.043 of the "
                      "intensity: cpu-p1-t1\n"),
            std::string::npos)
      << text;
}

TEST(ResultTable, NumbersAreNeverPowersOfTen) {
  std::string const text = result_table(std::vector{result_with(cpu_point(2, 1), {0.0048})}, {});
  EXPECT_NE(text.find("cpu-p2-t1   1/1    0.0048       25000  "), std::string::npos) << text;
}

/// On the two cores of the sample reports.
PointResult flagged_result(int parallel, int threads, std::uint64_t memory_bytes_asked_in_second_run) {
  GridPoint const point = cpu_point(parallel, threads);
  PointResult result(point, 3);
  for (std::uint64_t const asked : {asked_memory_bytes, memory_bytes_asked_in_second_run}) {
    result.add(result.made(), prepared_run(point, reports_of(point, 2.0), asked));
  }
  return result;
}

TEST(ResultTable, NamesTheFlagsOfRunsBelow) {
  std::vector const results{flagged_result(1, 1, asked_memory_bytes), flagged_result(2, 2, asked_memory_bytes),
                            flagged_result(1, 2, 2 * asked_memory_bytes), flagged_result(2, 4, asked_memory_bytes)};
  std::string const text = result_table(results, {});
  EXPECT_NE(
      text.find("\n* most reconstructions per minute, at the median; its runs overlap those of cpu-p2-t4\n"
                "cache warm (replicas in the page cache when the runs began)\n"
                "oversubscribed (more threads than usable cores on a node): cpu-p2-t2, cpu-p2-t4\n"
                "memory_limit_lowered (less memory in effect than the standard limit): cpu-p1-t2 (1 of 2 runs)\n"),
      std::string::npos)
      << text;
}

TEST(ResultTable, NamesOutliersSlowFirstRunsAndEarlyEndsBelow) {
  std::vector results{result_with(cpu_point(1, 1), {9.0, 2.0, 2.01, 1.99, 2.0, 2.02, 8.0}),
                      result_with(cpu_point(1, 2), {2.0})};
  results[0].set_stopped(StopReason::runs);
  results[1].set_stopped(StopReason::time_limit);
  std::string const text = result_table(results, {});
  EXPECT_NE(text.find("\noutliers (further from the median than 3.5 * 1.4826 * MAD, run_index): cpu-p1-t1 (runs 0, 6)\n"
                      "slow_first (the first run is slow against the others: --warmup leaves it out): cpu-p1-t1\n"
                      "time_limit (the next run would not have ended within --time-limit): cpu-p1-t2 (after 1 run)\n"),
            std::string::npos)
      << text;
}

TEST(ResultTable, RunsThatNobodyPlannedStandAlone) {
  PointResult result(cpu_point(1, 1), std::nullopt);
  result.add(result.made(), make_run_record(cpu_point(1, 1), {sample_report(0)}, asked_memory_bytes));
  EXPECT_EQ(runs_text(result), "1");
}

TEST(ResultTable, WithoutFlagsHasNoLinesForThem) {
  std::string const text = result_table(std::vector{result_with(cpu_point(1, 1), {2.0})}, {});
  EXPECT_TRUE(
      text.ends_with("* most reconstructions per minute\n"
                     "cache warm (replicas in the page cache when the runs began)\n"))
      << text;
}

TEST(ResultTable, SaysWhichPointsRanWithWhichCache) {
  GridPoint const point = cpu_point(1, 1);
  std::vector<RankReport> evicted = reports_of(point, 2.0);
  evicted[0].cache.state = CacheState::cold;
  std::vector results{result_with(point, {2.0, 2.0}), result_with(cpu_point(1, 2), {2.0})};
  results[0].add(0, prepared_run(point, evicted, asked_memory_bytes));
  std::string const text = result_table(results, {});
  EXPECT_NE(text.find("\ncache warm (replicas in the page cache when the runs began): cpu-p1-t1 (2 of 3 runs), "
                      "cpu-p1-t2\n"
                      "cache cold (replicas not in the page cache when the runs began): cpu-p1-t1 (1 of 3 runs)\n"),
            std::string::npos)
      << text;
}

TEST(ResultTable, NamesSkippedPointsWithTheirReasons) {
  std::vector const skipped{SkippedPoint{{"gpu-p1", Device::gpu, 1, 1}, "no GPU visible"}};
  std::string const text = result_table({}, skipped);
  EXPECT_NE(text.find("skipped gpu-p1: no GPU visible\n"), std::string::npos) << text;
}

TEST(ResultTable, ShowsTheShareOfTheAttainableAndTheBottleneckWhereCeilingsWereMeasured) {
  std::vector results{result_with(cpu_point(1, 1), {8.0}), result_with(cpu_point(2, 1), {4.0})};
  EXPECT_EQ(result_table(results, {}).find("attainable"), std::string::npos);
  results[0].add_ceilings(test::sample_ceilings());
  std::string const text = result_table(results, {});
  EXPECT_NE(text.find("Mpixel-steps/s  of attainable  bottleneck\n"), std::string::npos) << text;
  EXPECT_NE(text.find("75 %     compute\n"), std::string::npos) << "6 s of 8 s: " << text;
  EXPECT_NE(text.find("-           -  *\n"), std::string::npos) << text;
}

TEST(ResultTable, TellsOfStorageThatDriftedDuringTheLaunch) {
  std::vector results{result_with(cpu_point(1, 1), {8.0})};
  PointCeilings ceilings = test::sample_ceilings();
  results[0].add_ceilings(ceilings);
  ceilings.moment = CeilingMoment::end;
  ceilings.of[CeilingKind::read] = test::ceiling_of({{CeilingKind::read, 2.5e6, 1.0, 1000.0}});
  ceilings.of[CeilingKind::write] = test::ceiling_of({{CeilingKind::write, 480.0, 1.0, 400.0}});
  results[0].add_ceilings(ceilings);
  std::string const text = result_table(results, {});
  EXPECT_NE(text.find("plain reading changed during the launch (MB/s): cpu-p1-t1 (0.002 to 2.5)\n"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("plain writing changed"), std::string::npos) << "by a factor of 1.2: " << text;
  EXPECT_NE(text.find("75 %     compute  *\n"), std::string::npos) << "held against the start: " << text;
}

TEST(ResultTable, ColumnsAreAligned) {
  std::vector<std::vector<std::string>> const rows{{"a", "1", ""}, {"long", "1234", ""}};
  EXPECT_EQ(aligned_text(rows), "a        1\nlong  1234\n");
}

}  // namespace
}  // namespace lauebench
