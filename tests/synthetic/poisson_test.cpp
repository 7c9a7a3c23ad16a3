#include "synthetic/poisson.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "synthetic/philox.hpp"

namespace lauebench {
namespace {

/// An independent probability, from the C library's log Gamma.
double probability(std::int64_t count, double mean) {
  auto const k = static_cast<double>(count);
  return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
}

struct ChiSquare {
  double value = 0.0;
  int degrees_of_freedom = -1;
};

/// Pearson's statistic against the exact probabilities; neighbouring counts are pooled until at least 10 are expected.
ChiSquare chi_square(std::map<std::int64_t, int> const& counts, double mean, int draws) {
  ChiSquare result;
  double expected = 0.0;
  double observed = 0.0;
  double expected_so_far = 0.0;
  auto const reach = static_cast<std::int64_t>(mean + 12.0 * std::sqrt(mean) + 40.0);
  auto const close_bin = [&] {
    result.value += (observed - expected) * (observed - expected) / expected;
    ++result.degrees_of_freedom;
    expected = 0.0;
    observed = 0.0;
  };
  for (std::int64_t count = 0; count <= reach; ++count) {
    auto const found = counts.find(count);
    expected += draws * probability(count, mean);
    expected_so_far += draws * probability(count, mean);
    observed += found == counts.end() ? 0.0 : found->second;
    if (expected >= 10.0 && draws - expected_so_far >= 10.0) {
      close_bin();
    }
  }
  close_bin();
  return result;
}

void expect_poisson(std::function<std::int64_t()> const& draw, double mean) {
  constexpr int draws = 200000;
  std::map<std::int64_t, int> counts;
  double sum = 0.0;
  double sum_of_squares = 0.0;
  for (int index = 0; index < draws; ++index) {
    std::int64_t const count = draw();
    ASSERT_GE(count, 0);
    ++counts[count];
    auto const deviation = static_cast<double>(count) - mean;
    sum += deviation;
    sum_of_squares += deviation * deviation;
  }
  // Five standard deviations: the mean's variance is mean / n, that of the mean square (mean + 2 mean^2) / n.
  EXPECT_NEAR(sum / draws, 0.0, 5.0 * std::sqrt(mean / draws));
  EXPECT_NEAR(sum_of_squares / draws, mean, 5.0 * std::sqrt((mean + 2.0 * mean * mean) / draws));
  ChiSquare const statistic = chi_square(counts, mean, draws);
  EXPECT_GT(statistic.degrees_of_freedom, 2);
  EXPECT_LT(statistic.value, statistic.degrees_of_freedom + 5.0 * std::sqrt(2.0 * statistic.degrees_of_freedom));
}

class PoissonMean : public testing::TestWithParam<double> {};

TEST_P(PoissonMean, DrawFollowsTheDistribution) {
  UniformStream uniform(philox_key(11), RandomPurpose::signal, 0, 0);
  expect_poisson([&] { return draw_poisson(GetParam(), uniform); }, GetParam());
}

TEST_P(PoissonMean, AliasTableFollowsTheDistribution) {
  PoissonProbabilities const exact = poisson_probabilities(GetParam());
  AliasTable const table = make_alias_table(exact.probability);
  std::uint32_t index = 0;
  expect_poisson(
      [&] {
        PhiloxCounter const words = philox({index++, 0, 0, 0}, philox_key(5));
        return exact.first + table((std::uint64_t{words[1]} << 32U) | words[0]);
      },
      GetParam());
}

TEST_P(PoissonMean, ProbabilitiesAreExactAndComplete) {
  PoissonProbabilities const exact = poisson_probabilities(GetParam());
  EXPECT_NEAR(std::accumulate(exact.probability.begin(), exact.probability.end(), 0.0), 1.0, 1e-12);
  for (std::size_t index = 0; index < exact.probability.size(); ++index) {
    double const reference = probability(exact.first + static_cast<std::int64_t>(index), GetParam());
    EXPECT_NEAR(exact.probability[index], reference, 1e-10 * reference + 1e-20);
  }
}

// What the table gives, summed over its columns, is the probability it was made from.
TEST_P(PoissonMean, AliasTableHoldsTheProbabilities) {
  PoissonProbabilities const exact = poisson_probabilities(GetParam());
  AliasTable const table = make_alias_table(exact.probability);
  std::vector<double> share(exact.probability.size(), 0.0);
  auto const columns = static_cast<double>(table.columns.size());
  for (AliasColumn const& column : table.columns) {
    double const own = std::ldexp(static_cast<double>(column.threshold), -64);
    share.at(column.own < share.size() ? column.own : column.other) += own / columns;
    share.at(column.other) += (1.0 - own) / columns;
  }
  for (std::size_t outcome = 0; outcome < share.size(); ++outcome) {
    EXPECT_NEAR(share[outcome], exact.probability[outcome], 1e-14) << outcome;
  }
}

INSTANTIATE_TEST_SUITE_P(Means, PoissonMean, testing::Values(0.5, 5.0, 9.99, 10.0, 50.0, 5000.0));

TEST(Poisson, MeanZeroGivesZero) {
  UniformStream uniform(philox_key(1), RandomPurpose::signal, 0, 0);
  PoissonProbabilities const exact = poisson_probabilities(0.0);
  AliasTable const table = make_alias_table(exact.probability);
  for (std::uint32_t index = 0; index < 1000; ++index) {
    ASSERT_EQ(draw_poisson(0.0, uniform), 0);
    PhiloxCounter const words = philox({index, 0, 0, 0}, philox_key(5));
    ASSERT_EQ(exact.first + table((std::uint64_t{words[1]} << 32U) | words[0]), 0);
  }
}

TEST(Poisson, HugeMeanHasItsMoments) {
  constexpr double mean = 1e9;
  constexpr int draws = 20000;
  UniformStream uniform(philox_key(2), RandomPurpose::signal, 0, 0);
  double sum = 0.0;
  for (int index = 0; index < draws; ++index) {
    sum += static_cast<double>(draw_poisson(mean, uniform)) - mean;
  }
  EXPECT_NEAR(sum / draws, 0.0, 5.0 * std::sqrt(mean / draws));
}

TEST(Poisson, LogFactorialIsExactEverywhere) {
  double reference = 0.0;
  for (int k = 0; k <= 2000; ++k) {
    reference += k > 0 ? std::log(static_cast<double>(k)) : 0.0;
    ASSERT_NEAR(log_factorial(k), reference, 1e-13 * (1.0 + reference)) << k;
  }
}

}  // namespace
}  // namespace lauebench
