#include "bench/stopping_rule.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

// Expected values: numpy.percentile (linear), numpy.std(ddof=1), scipy.stats.t.interval.

TEST(StoppingRule, PercentilesInterpolateLinearly) {
  std::array const sorted{1.0, 2.0, 4.0, 8.0, 16.0};
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.5), 4.0);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.9), 12.8);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.95), 14.4);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.99), 15.68);
  EXPECT_DOUBLE_EQ(percentile(sorted, 1.0), 16.0);
}

TEST(StoppingRule, DescribesUnsortedValues) {
  std::array const values{16.0, 1.0, 8.0, 2.0, 4.0};
  auto const statistics = describe(values);
  ASSERT_TRUE(statistics);
  EXPECT_EQ(statistics->n, 5);
  EXPECT_DOUBLE_EQ(statistics->min, 1.0);
  EXPECT_DOUBLE_EQ(statistics->p50, 4.0);
  EXPECT_DOUBLE_EQ(statistics->p90, 12.8);
  EXPECT_DOUBLE_EQ(statistics->max, 16.0);
  EXPECT_DOUBLE_EQ(statistics->mean, 6.2);
  EXPECT_NEAR(statistics->stddev.value(), 6.099180272790763, 1e-12);
}

TEST(StoppingRule, ConfidenceIsTheTIntervalOfTheLogarithms) {
  std::array const values{1.0, 2.0, 4.0, 8.0, 16.0};
  auto const confidence = describe(values).value().confidence;
  ASSERT_TRUE(confidence);
  // logarithms 0 .. 4 times log 2: mean 2 log 2, deviation sqrt(2.5) log 2; t(0.975, 4) = 2.7764451051977987
  double const half_width = 2.7764451051977987 * std::sqrt(2.5) * std::log(2.0) / std::sqrt(5.0);
  EXPECT_NEAR(confidence->geometric_mean, 4.0, 1e-12);
  EXPECT_NEAR(confidence->low, 4.0 * std::exp(-half_width), 1e-9);
  EXPECT_NEAR(confidence->high, 4.0 * std::exp(half_width), 1e-9);
  EXPECT_NEAR(confidence->relative_half_width, (confidence->high - confidence->low) / (2.0 * 4.0), 1e-12);
}

TEST(StoppingRule, OneValueHasNoSpread) {
  auto const statistics = describe(std::array{3.0});
  ASSERT_TRUE(statistics);
  EXPECT_DOUBLE_EQ(statistics->p99, 3.0);
  EXPECT_FALSE(statistics->stddev);
  EXPECT_FALSE(statistics->confidence);
}

TEST(StoppingRule, NoValuesHaveNoStatistics) { EXPECT_FALSE(describe({})); }

TEST(StoppingRule, ValuesThatHaveNoLogarithmHaveNoInterval) {
  auto const statistics = describe(std::array{0.0, 1.0});
  ASSERT_TRUE(statistics);
  EXPECT_TRUE(statistics->stddev);
  EXPECT_FALSE(statistics->confidence);
}

}  // namespace
}  // namespace lauebench
