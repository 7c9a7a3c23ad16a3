#include "bench/stopping_rule.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>

namespace lauebench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

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

// Six values around 1 whose logarithms have a deviation of s: t(0.975, 5) / sqrt(6) = 1.0494 times s is half the
// interval.
std::vector<double> six_values(double s) {
  double const d = s * std::sqrt(5.0 / 6.0);
  return {std::exp(d), std::exp(-d), std::exp(d), std::exp(-d), std::exp(d), std::exp(-d)};
}

TEST(StoppingRule, PrecisionIsTheHalfWidthOfTheIntervalAgainstTheTarget) {
  constexpr double s = 0.01;
  double const half_width = std::sinh(2.570581835636314 / std::sqrt(6.0) * s);
  auto const values = six_values(s);
  EXPECT_TRUE(is_precise_enough(values, half_width * 1.000001));
  EXPECT_FALSE(is_precise_enough(values, half_width * 0.999999));
}

TEST(StoppingRule, FiveValuesAreNeverPrecise) {
  std::array const equal{1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
  EXPECT_FALSE(is_precise_enough(std::span(equal).first(5), 0.5));
  EXPECT_TRUE(is_precise_enough(equal, 0.0001));
}

TEST(StoppingRule, OutliersLieBeyondTheLimitOnEitherSide) {
  // median 10, distances 1 1 1 1 1 2 3 ..: MAD 1, the limit is 5.1891
  std::array values{9.0, 11.0, 10.0, 9.0, 11.0, 10.0 + 5.18, 10.0};
  EXPECT_THAT(outliers(values), Optional(IsEmpty()));
  values[5] = 10.0 + 5.20;
  EXPECT_THAT(outliers(values), Optional(ElementsAre(5)));
  values[0] = 10.0 - 5.20;
  EXPECT_THAT(outliers(values), Optional(ElementsAre(0, 5)));
}

TEST(StoppingRule, WithoutSpreadEveryOtherValueIsAnOutlier) {
  EXPECT_THAT(outliers(std::array{1.0, 1.0, 1.0, 1.001, 1.0, 1.0}), Optional(ElementsAre(3)));
  EXPECT_THAT(outliers(std::array{1.0, 1.0, 1.0, 1.0, 1.0, 1.0}), Optional(IsEmpty()));
}

TEST(StoppingRule, FirstIsSlowAgainstTheOthersAlone) {
  // the others: median 10, MAD 1
  EXPECT_EQ(is_first_slow(std::array{15.20, 9.0, 11.0, 10.0, 9.0, 11.0}), true);
  EXPECT_EQ(is_first_slow(std::array{15.18, 9.0, 11.0, 10.0, 9.0, 11.0}), false);
  EXPECT_EQ(is_first_slow(std::array{1.0, 9.0, 11.0, 10.0, 9.0, 11.0}), false) << "fast is not slow";
}

TEST(StoppingRule, FewValuesHaveNoFlags) {
  std::array const five{1.0, 1.0, 1.0, 1.0, 9.0};
  EXPECT_FALSE(outliers(five));
  EXPECT_FALSE(is_first_slow(five));
}

TEST(StoppingRule, SustainedSeriesIsJudgedByItsFirstAndLastTenth) {
  std::vector<double> values(30, 2.0);
  values[1] = 9.0;  // the median of the first three does not see it
  values[27] = values[28] = values[29] = 2.5;
  auto const times = sustained_times(values).value();
  EXPECT_EQ(times.first_tenth_s, 2.0);
  EXPECT_EQ(times.last_tenth_s, 2.5);
  EXPECT_DOUBLE_EQ(times.change(), 0.25);
  EXPECT_TRUE(sustained_times(std::span(values).first(20)));
  EXPECT_FALSE(sustained_times(std::span(values).first(19)));
}

TEST(StoppingRule, NoiseFloorIsTheIntervalBetweenOddAndEvenValues) {
  std::vector<double> values;
  for (double const logarithm : {0.00, 0.03, 0.02, -0.01, 0.01, 0.05, -0.02, 0.02, 0.03, -0.04, 0.01}) {
    values.push_back(std::exp(logarithm));
  }
  // scipy.stats.ttest_ind(odd, even, equal_var=False).confidence_interval(0.95), half its width
  EXPECT_NEAR(noise_floor(values).value(), 0.04315880118504414, 1e-12);
  EXPECT_FALSE(noise_floor(std::span(values).first(9)));
}

TEST(StoppingRule, EqualValuesHaveNoNoise) { EXPECT_EQ(noise_floor(std::vector(10, 2.0)), 0.0); }

}  // namespace
}  // namespace lauebench
