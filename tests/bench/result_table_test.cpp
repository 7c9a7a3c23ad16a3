#include "bench/result_table.hpp"

#include <gtest/gtest.h>

#include "sample_ceilings.hpp"
#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_report;

PointResult result_with(GridPoint const& point, std::initializer_list<double> seconds) {
  PointResult result(point, static_cast<int>(seconds.size()));
  for (double const end_s : seconds) {
    std::vector<RankReport> reports;
    reports.reserve(static_cast<std::size_t>(point.parallel));
    for (int rank = 0; rank < point.parallel; ++rank) {
      reports.push_back(sample_report(rank, 0.0, end_s));
    }
    result.add(make_run_record(point, reports, asked_memory_bytes));
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

TEST(ResultTable, PointWithoutASuccessfulRunIsShownAndNeverBest) {
  PointResult failed(cpu_point(1, 1), 1);
  RankReport report = sample_report(0);
  report.outcome.code = ReturnCode::io_error;
  failed.add(make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes));
  std::string const text = result_table(std::vector{failed}, {});
  EXPECT_NE(text.find("0/1 (1 failed)         -           -               -\n"), std::string::npos) << text;
  EXPECT_EQ(text.find('*'), std::string::npos) << text;
}

TEST(ResultTable, NamesSkippedPointsWithTheirReasons) {
  std::vector const skipped{SkippedPoint{{"gpu-p1", Device::gpu, 1, 1}, "no GPU visible"}};
  std::string const text = result_table({}, skipped);
  EXPECT_NE(text.find("skipped gpu-p1: no GPU visible\n"), std::string::npos) << text;
}

TEST(ResultTable, ShowsTheShareOfTheAttainableAndTheBottleneckWhereCeilingsWereMeasured) {
  std::vector results{result_with(cpu_point(1, 1), {8.0}), result_with(cpu_point(2, 1), {4.0})};
  EXPECT_EQ(result_table(results, {}).find("attainable"), std::string::npos);
  results[0].set_ceilings(test::sample_ceilings());
  std::string const text = result_table(results, {});
  EXPECT_NE(text.find("Mpixel-steps/s  of attainable  bottleneck\n"), std::string::npos) << text;
  EXPECT_NE(text.find("75 %     compute\n"), std::string::npos) << "6 s of 8 s: " << text;
  EXPECT_NE(text.find("-           -  *\n"), std::string::npos) << text;
}

TEST(ResultTable, ColumnsAreAligned) {
  std::vector<std::vector<std::string>> const rows{{"a", "1", ""}, {"long", "1234", ""}};
  EXPECT_EQ(aligned_text(rows), "a        1\nlong  1234\n");
}

}  // namespace
}  // namespace lauebench
