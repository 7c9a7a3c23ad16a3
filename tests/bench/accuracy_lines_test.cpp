#include "bench/accuracy_lines.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

PointResult result_with(GridPoint const& point, Reading<DepthAccuracy> const& accuracy) {
  PointResult result(point, 2);
  for (int run = 0; run < 2; ++run) {
    RankReport report = test::sample_report(0);
    report.accuracy = accuracy;
    result.add(result.made(), make_run_record(point, {report}, test::asked_memory_bytes));
  }
  return result;
}

TEST(AccuracyLines, PointsOfTheSameAccuracyShareALine) {
  DepthAccuracy const one{0.2512, 0.5, 0.9876, 11, 0, 1};
  DepthAccuracy const other{std::nullopt, std::nullopt, 0.0, 12, 12, 0};
  std::vector const results{result_with(test::cpu_point(1, 1), one), result_with(test::cpu_point(1, 2), other),
                            result_with(test::cpu_point(2, 1), one)};
  EXPECT_EQ(
      accuracy_lines(results),
      "accuracy of 11 of 12 grains: depth error 0.2512 um RMS, 0.5 um at most, 0.9876 of the intensity: cpu-p1-t1, "
      "cpu-p2-t1\n"
      "accuracy of 12 of 12 grains: no depth, 0 of the intensity: cpu-p1-t2\n");
}

TEST(AccuracyLines, NothingIsSaidWhereNothingIsKnown) {
  EXPECT_EQ(accuracy_lines(std::vector{result_with(test::cpu_point(1, 1), Unknown{"no truth"})}), "");
}

}  // namespace
}  // namespace lauebench
