#include "kokkos_kernels/cosmic_filter.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

/// Of the series that is filtered; the image behind it is none of the filter's business.
std::vector<double> filtered(std::vector<double> series) {
  series.push_back(77777.0);
  std::vector<double> result(series.size());
  filter_cosmic_hits<1>(series.data(), 1, static_cast<int>(series.size()), result.data(), 1);
  EXPECT_EQ(result.back(), 77777.0);
  result.pop_back();
  return result;
}

TEST(CosmicFilter, LeavesSmoothSeriesAlone) {
  std::vector<double> const series{100, 102, 104, 103, 101, 99, 98, 97, 95};
  EXPECT_EQ(filtered(series), series);
}

TEST(CosmicFilter, ReplacesHitByMeanOfMedians) {
  std::vector<double> series{100, 102, 104, 60000, 110, 112, 114, 116};
  auto const result = filtered(series);
  EXPECT_EQ(result[3], 0.5 * (102 + 112));
  series[3] = result[3];
  EXPECT_EQ(result, series);
}

TEST(CosmicFilter, TakesNeighboursAsTheyWereBeforeFiltering) {
  // both hits are seen by each other's window; medians of three ignore one of them
  auto const result = filtered({100, 100, 100, 90000, 80000, 100, 100, 100, 100, 100});
  EXPECT_EQ(result[3], 100.0);
  EXPECT_EQ(result[4], 100.0);
}

TEST(CosmicFilter, JudgesEndsAgainstOuterMedians) {
  auto const first = filtered({90000, 100, 101, 102, 103, 104, 105, 106});
  EXPECT_EQ(first[0], 101.0);
  auto const last = filtered({100, 100, 100, 100, 105, 106, 107, 90000});
  EXPECT_EQ(last[7], 100.0) << "the very last value takes the left median of the last window";
  auto const second_last = filtered({100, 100, 100, 100, 105, 106, 90000, 107});
  EXPECT_EQ(second_last[6], 107.0) << "the others take the right one";
}

TEST(CosmicFilter, KeepsTheThresholds) {
  auto const counts = [](double value) { return filtered({2000, 2000, 2000, value, 2000, 2000, 2000})[3]; };
  EXPECT_EQ(counts(7000), 7000.0);
  EXPECT_EQ(counts(7001), 2000.0);
  auto const factor = [](double value) { return filtered({20, 20, 20, value, 20, 20, 20})[3]; };
  EXPECT_EQ(factor(100), 100.0);
  EXPECT_EQ(factor(101), 20.0);
}

TEST(CosmicFilter, FiltersLanesSideBySide) {
  constexpr std::size_t images = 8;
  std::vector<float> series(images * 3, 50.0F);
  series[3 * 3] = 40000.0F;
  series[4 * 3 + 1] = 30000.0F;
  series[4 * 3 + 2] = 20000.0F;  // beyond the two lanes that are filtered
  std::vector<double> result(images * 4, -1.0);
  filter_cosmic_hits<2>(series.data(), 3, static_cast<int>(images), result.data(), 4);
  for (std::size_t k = 0; k < images; ++k) {
    EXPECT_EQ(result[4 * k], 50.0) << k;
    EXPECT_EQ(result[4 * k + 1], 50.0) << k;
    EXPECT_EQ(result[4 * k + 2], -1.0) << k;
  }
}

}  // namespace
}  // namespace lauebench::kernels
