#pragma once

#include <optional>
#include <span>
#include <vector>

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
  std::optional<double> stddev;                  ///< of the sample (n - 1); empty below least_values_for_spread
  std::optional<ConfidenceInterval> confidence;  ///< likewise, and when a value is not positive
};

inline constexpr int least_values_for_spread = 2;

/// Linear interpolation between the order statistics x_(0) .. x_(n-1): the value at position fraction * (n - 1).
/// `sorted` is not empty, 0 <= fraction <= 1.
[[nodiscard]] double percentile(std::span<double const> sorted, double fraction);

/// Empty for no values.
[[nodiscard]] std::optional<SampleStatistics> describe(std::span<double const> values);

/// Whether the relative half-width of the 95 % interval is at most `target_half_width`; never below
/// least_target_ci_runs values. That it is asked after each value lowers the coverage of the interval from 95 % to 92.7
/// % at worst (simulated: normal logarithms whose deviation is twice the target), so it needs no stricter rule inside.
[[nodiscard]] bool is_precise_enough(std::span<double const> values, double target_half_width);

/// Below that many values nobody can say what is unusual among them: of five ordinary ones one is an outlier in a fifth
/// of all cases.
inline constexpr int least_values_for_flags = 6;

/// Positions of the values further than 3.5 * 1.4826 * MAD from the median, MAD being the median of the distances from
/// it. Where more than half of the values are equal MAD is 0, and every other value is an outlier. Empty below
/// least_values_for_flags.
[[nodiscard]] std::optional<std::vector<int>> outliers(std::span<double const> values);

/// Whether the first value lies above the median of the others by more than 3.5 * 1.4826 * their MAD. Empty below
/// least_values_for_flags.
[[nodiscard]] std::optional<bool> is_first_slow(std::span<double const> values);

/// What a long series of runs came to, s.
struct SustainedTimes {
  double first_tenth_s = 0.0;  ///< median over the first tenth of the runs
  double last_tenth_s = 0.0;

  [[nodiscard]] double change() const { return last_tenth_s / first_tenth_s - 1.0; }
};

/// So that a tenth is two runs at least: one alone is slow by chance.
inline constexpr int least_values_for_sustained = 20;

/// A change beyond this says that something gave way: a cooler, a clock, a cache.
inline constexpr double largest_steady_change = 0.2;

/// Empty below least_values_for_sustained, or when a median is not positive.
[[nodiscard]] std::optional<SustainedTimes> sustained_times(std::span<double const> values);

inline constexpr int least_values_for_noise_floor = 10;

/// Half the width of the 95 % interval (Welch's) of the log ratio between the values at odd and at even positions: what
/// looks like a difference between two samples of the same thing. Empty below least_values_for_noise_floor, or when a
/// value is not positive.
[[nodiscard]] std::optional<double> noise_floor(std::span<double const> values);

}  // namespace lauebench
