#pragma once

#include <cstddef>

#include "kokkos_kernels/portability.hpp"

/// Removal of cosmic-ray hits from one pixel's series of images.
namespace lauebench::kernels {

inline constexpr int cosmic_window = 7;

LAUEBENCH_FUNCTION double median_of_three(double a, double b, double c) {
  double const low = a < b ? a : b;
  double const high = a < b ? b : a;
  if (c < low) {
    return low;
  }
  return c > high ? high : c;
}

/// A hit stands out of the larger of its neighbours' medians by more than 5000 counts or by more than a factor of 5.
LAUEBENCH_FUNCTION bool is_cosmic_hit(double value, double reference) {
  return value > reference + 5000.0 || value > 5.0 * reference;
}

/// Filters `count` >= cosmic_window values, `stride` elements apart, in place. The centre of a 7-wide window is
/// replaced by the mean of the medians of its three left and three right neighbours; the left ones as they were before
/// filtering. The first three values are judged against the first window's left median, the last three against the last
/// window's right median and, when they stand out, set to it, but the very last to the left median (what the
/// established program does).
template <class Sample>
LAUEBENCH_FUNCTION void filter_cosmic_hits(Sample* series, std::size_t stride, int count) {
  double window[cosmic_window];
  for (int i = 0; i < cosmic_window; ++i) {
    window[i] = static_cast<double>(series[static_cast<std::size_t>(i) * stride]);
  }
  double left = median_of_three(window[0], window[1], window[2]);
  for (int i = 0; i < 3; ++i) {
    if (is_cosmic_hit(window[i], left)) {
      series[static_cast<std::size_t>(i) * stride] = static_cast<Sample>(left);
    }
  }
  double right = left;
  for (int centre = 3; centre + 3 < count; ++centre) {
    left = median_of_three(window[0], window[1], window[2]);
    right = median_of_three(window[4], window[5], window[6]);
    if (is_cosmic_hit(window[3], left > right ? left : right)) {
      series[static_cast<std::size_t>(centre) * stride] = static_cast<Sample>(0.5 * (left + right));
    }
    if (centre + 4 < count) {
      for (int i = 0; i + 1 < cosmic_window; ++i) {
        window[i] = window[i + 1];
      }
      window[cosmic_window - 1] = static_cast<double>(series[static_cast<std::size_t>(centre + 4) * stride]);
    }
  }
  for (int i = 4; i < cosmic_window; ++i) {
    if (!is_cosmic_hit(window[i], right)) {
      continue;
    }
    series[static_cast<std::size_t>(count - cosmic_window + i) * stride] =
        static_cast<Sample>(i + 1 < cosmic_window ? right : left);
  }
}

}  // namespace lauebench::kernels
