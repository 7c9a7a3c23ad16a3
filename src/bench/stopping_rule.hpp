#pragma once

#include <optional>
#include <span>

/// Statistics of repeated runs. Records keep raw times; what is computed here describes one grid point.
namespace lauebench {

/// 95 % confidence interval of the geometric mean: the t-interval of the mean of log(x), brought back by exp.
/// `relative_half_width` is (high - low) / (2 * geometric mean).
struct ConfidenceInterval {
  double geometric_mean = 0.0;
  double low = 0.0;
  double high = 0.0;
  double relative_half_width = 0.0;
};

struct SampleStatistics {
  int n = 0;
  double min = 0.0;
  double p50 = 0.0;
  double p90 = 0.0;
  double p95 = 0.0;
  double p99 = 0.0;
  double max = 0.0;
  double mean = 0.0;
  std::optional<double> stddev;                  ///< of the sample (n - 1); empty below two values
  std::optional<ConfidenceInterval> confidence;  ///< empty below two values, or when a value is not positive
};

/// Linear interpolation between the order statistics x_(0) .. x_(n-1): the value at position fraction * (n - 1).
/// `sorted` is not empty, 0 <= fraction <= 1.
[[nodiscard]] double percentile(std::span<double const> sorted, double fraction);

/// Empty for no values.
[[nodiscard]] std::optional<SampleStatistics> describe(std::span<double const> values);

}  // namespace lauebench
