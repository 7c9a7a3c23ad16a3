#pragma once

#include <cstddef>

#include "kokkos_kernels/portability.hpp"

/// Removal of cosmic-ray hits from one pixel's series of images.
namespace lauebench::kernels {

inline constexpr int cosmic_window = 7;

LAUEBENCH_FUNCTION double median_of_three(double a, double b, double c) {
  double const low = a < b ? a : b;
  double const high = a < b ? b : a;
  double const held = c < high ? c : high;
  return held > low ? held : low;
}

/// A hit stands out of the larger of its neighbours' medians by more than 5000 counts or by more than a factor of 5.
LAUEBENCH_FUNCTION bool is_cosmic_hit(double value, double reference) {
  return (value > reference + 5000.0) | (value > 5.0 * reference);
}

/// Median of values first, first + 1 and first + 2 of one lane.
template <class Sample>
LAUEBENCH_FUNCTION double median_from(Sample const* series, std::size_t stride, int first) {
  Sample const* const value = series + static_cast<std::size_t>(first) * stride;
  return median_of_three(static_cast<double>(value[0]), static_cast<double>(value[stride]),
                         static_cast<double>(value[2 * stride]));
}

/// Filters all values of `Lanes` neighbouring pixels' series but the last, which is copied; a pixel's values are as
/// many elements apart as the strides say, images > cosmic_window. The centre of a 7-wide window is replaced by the
/// mean of the medians of its three left and three right neighbours, both as they were before filtering. The first
/// three values are judged against the first window's left median, the last three against the last window's right
/// median and, when they stand out, set to it, but the very last to the left median (what the established program
/// does).
template <int Lanes, class Sample>
LAUEBENCH_FUNCTION void filter_cosmic_hits(Sample const* __restrict series, std::size_t stride, int images,
                                           double* __restrict filtered, std::size_t filtered_stride) {
  int const count = images - 1;
  for (int k = 0; k < count; ++k) {
    bool const is_first = k < 3;
    bool const is_last = k >= count - 3;
    int const left = is_first ? 0 : is_last ? count - 3 : k - 3;
    int const right = is_first ? 0 : is_last ? count - 3 : k + 1;
    for (int lane = 0; lane < Lanes; ++lane) {
      double const before = median_from(series + lane, stride, left);
      double const after = median_from(series + lane, stride, right);
      double const last = median_from(series + lane, stride, count - cosmic_window);
      double const mean = k + 1 == count ? last : 0.5 * (before + after);
      auto const at = static_cast<std::size_t>(k);
      auto const value = static_cast<double>(series[at * stride + static_cast<std::size_t>(lane)]);
      filtered[at * filtered_stride + static_cast<std::size_t>(lane)] =
          is_cosmic_hit(value, before > after ? before : after) ? mean : value;
    }
  }
  for (int lane = 0; lane < Lanes; ++lane) {
    auto const at = static_cast<std::size_t>(count);
    filtered[at * filtered_stride + static_cast<std::size_t>(lane)] =
        static_cast<double>(series[at * stride + static_cast<std::size_t>(lane)]);
  }
}

}  // namespace lauebench::kernels
