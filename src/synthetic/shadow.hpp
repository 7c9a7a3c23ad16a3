#pragma once

#include <algorithm>

/// How much of a grain's signal passes the wire. A ray that leaves the beam at depth x towards point u of a pixel (u =
/// 0 front edge, 1 back edge) is absorbed if D_trail(u) < x < D_lead(u), D being the depths seen past the two edges of
/// the wire. Over one pixel D is taken as linear in u: this is the reconstruction's trapezoid.
namespace lauebench {

/// Depths seen past one edge of the wire from the two edges of a pixel, in any order (um).
struct PixelEdgeDepths {
  double front_um = 0.0;
  double back_um = 0.0;
};

/// Integral up to `x` of the function that is 0 before `a`, rises linearly to 1 at `b` and stays 1; a <= b.
[[nodiscard]] inline double ramp_integral(double x, double a, double b) {
  double const along = std::clamp(x - a, 0.0, b - a);
  double const rising = b > a ? along * along / (2.0 * (b - a)) : 0.0;
  return rising + std::max(x - b, 0.0);
}

/// Mean over the pixel and over depths [start, end] of the indicator D(u) < x: the part of the interval that lies
/// deeper than what the edge of the wire shows. Exactly 0 or 1 where the ramp of the pixel's depths does not overlap
/// the interval. start <= end.
[[nodiscard]] inline double mean_deeper_fraction(PixelEdgeDepths const& edge, double start_um, double end_um) {
  double const a = std::min(edge.front_um, edge.back_um);
  double const b = std::max(edge.front_um, edge.back_um);
  if (a >= end_um) {
    return 0.0;
  }
  if (b <= start_um) {
    return 1.0;
  }
  if (end_um > start_um) {
    double const part = ramp_integral(end_um, a, b) - ramp_integral(start_um, a, b);
    return std::clamp(part / (end_um - start_um), 0.0, 1.0);
  }
  return (start_um - a) / (b - a);
}

/// The part, 0..1, of what a grain at depths [start, end] sends to a pixel that passes the wire. A pixel without a
/// depth (not a number: it lies inside the wire) gets nothing.
[[nodiscard]] inline double transmitted_fraction(PixelEdgeDepths const& leading, PixelEdgeDepths const& trailing,
                                                 double start_um, double end_um) {
  double const sum = leading.front_um + leading.back_um + trailing.front_um + trailing.back_um;
  if (!(sum - sum == 0.0)) {
    return 0.0;
  }
  double const passes_below = 1.0 - mean_deeper_fraction(trailing, start_um, end_um);
  double const passes_above = mean_deeper_fraction(leading, start_um, end_um);
  return std::clamp(passes_below + passes_above, 0.0, 1.0);
}

}  // namespace lauebench
