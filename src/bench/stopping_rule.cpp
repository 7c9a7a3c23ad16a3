#include "bench/stopping_rule.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <boost/math/distributions/students_t.hpp>

namespace lauebench {
namespace {

double mean_of(std::span<double const> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double sample_stddev(std::span<double const> values) {
  double const mean = mean_of(values);
  double sum = 0.0;
  for (double const value : values) {
    sum += (value - mean) * (value - mean);
  }
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

ConfidenceInterval confidence_of_logarithms(std::span<double const> values) {
  constexpr double two_sided_95 = 0.975;
  std::vector<double> logarithms(values.size());
  std::transform(values.begin(), values.end(), logarithms.begin(), [](double value) { return std::log(value); });
  double const n = static_cast<double>(values.size());
  boost::math::students_t const distribution(n - 1.0);
  double const half_width =
      boost::math::quantile(distribution, two_sided_95) * sample_stddev(logarithms) / std::sqrt(n);
  double const centre = mean_of(logarithms);
  return {std::exp(centre), std::exp(centre - half_width), std::exp(centre + half_width), std::sinh(half_width)};
}

}  // namespace

double percentile(std::span<double const> sorted, double fraction) {
  double const position = fraction * static_cast<double>(sorted.size() - 1);
  auto const below = static_cast<std::size_t>(position);
  std::size_t const above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::optional<SampleStatistics> describe(std::span<double const> values) {
  if (values.empty()) {
    return std::nullopt;
  }
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  SampleStatistics result;
  result.n = static_cast<int>(sorted.size());
  result.min = sorted.front();
  result.p50 = percentile(sorted, 0.50);
  result.p90 = percentile(sorted, 0.90);
  result.p95 = percentile(sorted, 0.95);
  result.p99 = percentile(sorted, 0.99);
  result.max = sorted.back();
  result.mean = mean_of(sorted);
  if (sorted.size() >= 2) {
    result.stddev = sample_stddev(sorted);
    if (sorted.front() > 0.0) {
      result.confidence = confidence_of_logarithms(sorted);
    }
  }
  return result;
}

}  // namespace lauebench
