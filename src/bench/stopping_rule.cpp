#include "bench/stopping_rule.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include <boost/math/distributions/students_t.hpp>

#include "config/config.hpp"

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

std::vector<double> logarithms_of(std::span<double const> values) {
  std::vector<double> logarithms(values.size());
  std::transform(values.begin(), values.end(), logarithms.begin(), [](double value) { return std::log(value); });
  return logarithms;
}

/// Of the 95 % t-interval around something with this standard error.
double half_width_95(double standard_error, double degrees) {
  constexpr double two_sided_95 = 0.975;
  return boost::math::quantile(boost::math::students_t(degrees), two_sided_95) * standard_error;
}

ConfidenceInterval confidence_of_logarithms(std::span<double const> values) {
  std::vector<double> const logarithms = logarithms_of(values);
  double const n = static_cast<double>(values.size());
  double const half_width = half_width_95(sample_stddev(logarithms) / std::sqrt(n), n - 1.0);
  double const centre = mean_of(logarithms);
  return {std::exp(centre), std::exp(centre - half_width), std::exp(centre + half_width), std::sinh(half_width)};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return percentile(values, 0.5);
}

/// What counts as usual among some values.
struct UsualRange {
  double centre = 0.0;
  double reach = 0.0;  ///< on both sides
};

UsualRange usual_range(std::span<double const> values) {
  constexpr double limit = 3.5;
  constexpr double mad_to_deviation = 1.4826;  // of a normal distribution
  UsualRange range{median({values.begin(), values.end()}), 0.0};
  std::vector<double> distances(values.size());
  std::ranges::transform(values, distances.begin(), [&range](double value) { return std::abs(value - range.centre); });
  range.reach = limit * mad_to_deviation * median(std::move(distances));
  return range;
}

/// Variance of the mean of these values, and that over the degrees of freedom.
std::pair<double, double> welch_part(std::span<double const> values) {
  double const n = static_cast<double>(values.size());
  double const deviation = sample_stddev(values);
  double const variance = deviation * deviation / n;
  return {variance, variance * variance / (n - 1.0)};
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
  if (std::cmp_greater_equal(sorted.size(), least_values_for_spread)) {
    result.stddev = sample_stddev(sorted);
    if (sorted.front() > 0.0) {
      result.confidence = confidence_of_logarithms(sorted);
    }
  }
  return result;
}

bool is_precise_enough(std::span<double const> values, double target_half_width) {
  if (std::cmp_less(values.size(), least_target_ci_runs)) {
    return false;
  }
  auto const confidence = describe(values)->confidence;
  return confidence && confidence->relative_half_width <= target_half_width;
}

std::optional<std::vector<int>> outliers(std::span<double const> values) {
  if (std::cmp_less(values.size(), least_values_for_flags)) {
    return std::nullopt;
  }
  UsualRange const usual = usual_range(values);
  std::vector<int> found;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(values[i] - usual.centre) > usual.reach) {
      found.push_back(static_cast<int>(i));
    }
  }
  return found;
}

std::optional<SustainedTimes> sustained_times(std::span<double const> values) {
  if (std::cmp_less(values.size(), least_values_for_sustained)) {
    return std::nullopt;
  }
  std::size_t const tenth = values.size() / 10;
  auto const first = values.first(tenth);
  auto const last = values.last(tenth);
  SustainedTimes const times{median({first.begin(), first.end()}), median({last.begin(), last.end()})};
  return times.first_tenth_s > 0.0 && times.last_tenth_s > 0.0 ? std::optional(times) : std::nullopt;
}

std::optional<bool> is_first_slow(std::span<double const> values) {
  if (std::cmp_less(values.size(), least_values_for_flags)) {
    return std::nullopt;
  }
  UsualRange const usual = usual_range(values.subspan(1));
  return values.front() - usual.centre > usual.reach;
}

std::optional<double> noise_floor(std::span<double const> values) {
  bool const have_logarithms = std::ranges::all_of(values, [](double value) { return value > 0.0; });
  if (std::cmp_less(values.size(), least_values_for_noise_floor) || !have_logarithms) {
    return std::nullopt;
  }
  std::array<std::vector<double>, 2> sides;
  std::vector<double> const logarithms = logarithms_of(values);
  for (std::size_t i = 0; i < logarithms.size(); ++i) {
    sides.at(i % 2).push_back(logarithms[i]);
  }
  auto const [even_variance, even_spread] = welch_part(sides[0]);
  auto const [odd_variance, odd_spread] = welch_part(sides[1]);
  double const variance = even_variance + odd_variance;
  double const spread = even_spread + odd_spread;
  // of equal values nothing is left to divide by, and no width either
  return spread > 0.0 ? half_width_95(std::sqrt(variance), variance * variance / spread) : 0.0;
}

}  // namespace lauebench
