#pragma once

#include <cfloat>

#include "kokkos_kernels/portability.hpp"
#include "kokkos_kernels/types.hpp"

/// From differences of neighbouring images to depth bins. Depths are in *bin coordinates* here: y = (depth - start) /
/// resolution + 1/2, so that image m covers [m, m+1). What is accumulated is T_m = A_m - A_(m-1), A_m the intensity of
/// image m: a ramp touches T only where it rises.
namespace lauebench::kernels {

/// Constants of the walk for one reconstruction.
struct BinRange {
  int depths;         ///< M
  double first;       ///< skip a difference that ends before it: the first image's centre
  double last;        ///< skip a difference that starts behind it: the last image's centre
  double flat_share;  ///< of the trapezoid's flat top in the area: 0 peer, 1 conserving
};

inline BinRange make_bin_range(int depths, AreaRule rule) {
  return {depths, 0.5, depths - 0.5, rule == AreaRule::conserving ? 1.0 : 0.0};
}

LAUEBENCH_FUNCTION double clamped(double value, double low, double high) {
  double const raised = value > low ? value : low;  // a value that is not a number becomes `low`
  return raised < high ? raised : high;
}

/// Walks the differences of `Lanes` pixels in order of k and shares each out over depth. Rows are the lanes on a CPU; a
/// GPU thread has one lane. `Accumulator(m, lane)` is a reference to T_m of that lane.
///
/// A difference is a trapezoid over depth: a ramp up (ps, f1) minus a ramp (f2, pe). Where the corners come in the
/// order ps <= fs <= fe <= pe, the ramp down of difference k is the ramp up of difference k+1 (both belong to wire
/// position k+1), and one ramp a step does for both, with the difference of their weights. Lanes in another order
/// (pixels wider than the wire step) take two ramps a step.
template <class Real, int Lanes, class Accumulator>
class DifferenceWalk {
  static constexpr unsigned lanes = Lanes;  // array bounds

 public:
  LAUEBENCH_FUNCTION DifferenceWalk(BinRange const& range, Accumulator const& accumulator)
      : range_(range), accumulator_(accumulator) {
    for (int lane = 0; lane < Lanes; ++lane) {
      weight_[lane] = Real(0);
    }
  }

  /// Difference k: depths of the pixels' front and back edges at wire positions k and k+1, and the lanes' differences
  /// (0: skipped).
  LAUEBENCH_FUNCTION void step(double const* front, double const* back, double const* next_front,
                               double const* next_back, double const* difference) {
    Real coefficient[lanes];
    Real loose_weight[lanes];
    int loose = 0;
    for (int lane = 0; lane < Lanes; ++lane) {
      double const ps = front[lane];
      double const fs = back[lane];
      double const fe = next_front[lane];
      double const pe = next_back[lane];
      double const area = 0.5 * ((pe - ps) + range_.flat_share * flat_top(ps, fs, fe, pe));
      bool const counts = (pe >= range_.first) & (ps <= range_.last) & (fs == fs) & (fe == fe) & (area > 0.0) &
                          (difference[lane] <= DBL_MAX) & (difference[lane] >= -DBL_MAX);
      Real const weight = static_cast<Real>(counts ? difference[lane] / area : 0.0);
      bool const in_order = (ps <= fs) & (fs <= fe) & (fe <= pe);
      Real const shared_weight = in_order ? weight : Real(0);
      loose_weight[lane] = in_order ? Real(0) : weight;
      loose |= static_cast<int>(loose_weight[lane] != Real(0));
      coefficient[lane] = shared_weight - weight_[lane];
      weight_[lane] = shared_weight;
    }
    add_ramp(front, back, coefficient);
    if (loose != 0) {
      add_trapezoid(front, back, next_front, next_back, loose_weight);
    }
  }

  /// The ramp that ends the last difference; edges at the wire position after it.
  LAUEBENCH_FUNCTION void finish(double const* front, double const* back) {
    Real coefficient[lanes];
    for (int lane = 0; lane < Lanes; ++lane) {
      coefficient[lane] = -weight_[lane];
      weight_[lane] = Real(0);
    }
    add_ramp(front, back, coefficient);
  }

 private:
  LAUEBENCH_FUNCTION static double rise_end(double ps, double fs, double fe, double pe) {
    return clamped(fs < fe ? fs : fe, ps, pe);
  }
  LAUEBENCH_FUNCTION static double fall_start(double ps, double fs, double fe, double pe) {
    return clamped(fs < fe ? fe : fs, ps, pe);
  }
  LAUEBENCH_FUNCTION static double flat_top(double ps, double fs, double fe, double pe) {
    return fall_start(ps, fs, fe, pe) - rise_end(ps, fs, fe, pe);
  }

  LAUEBENCH_FUNCTION void add_trapezoid(double const* front, double const* back, double const* next_front,
                                        double const* next_back, Real const* weight) {
    double rise[lanes];
    double fall[lanes];
    Real falling[lanes];
    for (int lane = 0; lane < Lanes; ++lane) {
      rise[lane] = rise_end(front[lane], back[lane], next_front[lane], next_back[lane]);
      fall[lane] = fall_start(front[lane], back[lane], next_front[lane], next_back[lane]);
      falling[lane] = -weight[lane];
    }
    add_ramp(front, rise, weight);
    add_ramp(fall, next_back, falling);
  }

 protected:
  /// Adds coefficient * (ramp from 0 at `begin` to 1 at `end`, 1 behind it) to T. Bins run from the smallest to the
  /// largest that any lane needs; a ramp that begins before image 0 is cut there. How it is added depends on where the
  /// lanes' ramps lie and not on their coefficients: rows that are together give the same bits whatever the images
  /// hold.
  LAUEBENCH_FUNCTION void add_ramp(double const* begin, double const* end, Real const* coefficient) {
    int first = range_.depths;
    int last = -1;
    int needed = 0;
    double const top = range_.depths;
    for (int lane = 0; lane < Lanes; ++lane) {
      bool const known = (begin[lane] == begin[lane]) & (end[lane] == end[lane]);
      int const lane_first = known ? static_cast<int>(clamped(begin[lane], 0.0, top)) : range_.depths;
      int const lane_last = known ? static_cast<int>(clamped(end[lane], 0.0, top)) : -1;
      first = lane_first < first ? lane_first : first;
      last = lane_last > last ? lane_last : last;
      needed |= static_cast<int>(coefficient[lane] != Real(0));
    }
    if (needed == 0) {
      return;
    }
    if (first > last || first >= range_.depths) {
      return;
    }
    bool const cut = first == 0;
    if (!cut && last == first && first + 1 < range_.depths) {
      add_within_one_bin(first, begin, end, coefficient);
    } else if (!cut && last == first + 1 && first + 2 < range_.depths) {
      add_across_two_bins(first, begin, end, coefficient);
    } else {
      add_across_bins(first, last, begin, end, coefficient);
    }
  }

 private:
  // Ramp (a, b), S(x) its integral up to x: A_m = S(m+1) - S(m). With a and b in bin m, S(m+1) is the distance from the
  // ramp's middle.
  LAUEBENCH_FUNCTION void add_within_one_bin(int m, double const* begin, double const* end, Real const* coefficient) {
    for (int lane = 0; lane < Lanes; ++lane) {
      bool const counts = coefficient[lane] != Real(0);
      Real const share = static_cast<Real>((m + 1) - 0.5 * (begin[lane] + end[lane]));
      Real const in_bin = counts ? coefficient[lane] * share : Real(0);
      accumulator_(m, lane) += in_bin;
      accumulator_(m + 1, lane) += coefficient[lane] - in_bin;
    }
  }

  LAUEBENCH_FUNCTION void add_across_two_bins(int m, double const* begin, double const* end, Real const* coefficient) {
    for (int lane = 0; lane < Lanes; ++lane) {
      bool const counts = coefficient[lane] != Real(0);
      Real const one = counts ? integral(m + 1, begin[lane], end[lane]) : Real(0);
      Real const two = counts ? static_cast<Real>((m + 2) - 0.5 * (begin[lane] + end[lane])) : Real(0);
      accumulator_(m, lane) += coefficient[lane] * one;
      accumulator_(m + 1, lane) += coefficient[lane] * (two - Real(2) * one);
      accumulator_(m + 2, lane) += coefficient[lane] * (Real(1) - two + one);
    }
  }

  LAUEBENCH_FUNCTION void add_across_bins(int first, int last, double const* begin, double const* end,
                                          Real const* coefficient) {
    Real below[lanes];  // intensity of the bin before, nothing before image 0
    Real integral_to[lanes];
    for (int lane = 0; lane < Lanes; ++lane) {
      below[lane] = Real(0);
      integral_to[lane] = coefficient[lane] != Real(0) ? integral(first, begin[lane], end[lane]) : Real(0);
    }
    int const stop = last + 1 < range_.depths ? last + 1 : range_.depths - 1;
    for (int m = first; m <= stop; ++m) {
      for (int lane = 0; lane < Lanes; ++lane) {
        Real const next = coefficient[lane] != Real(0) ? integral(m + 1, begin[lane], end[lane]) : Real(0);
        Real const in_bin = next - integral_to[lane];
        accumulator_(m, lane) += coefficient[lane] * (in_bin - below[lane]);
        below[lane] = in_bin;
        integral_to[lane] = next;
      }
    }
  }

 protected:
  /// S(x): integral of the ramp (begin, end) up to x.
  LAUEBENCH_FUNCTION static Real integral(int x, double begin, double end) {
    Real const width = static_cast<Real>(end - begin);
    Real const into = static_cast<Real>(x - begin);
    Real const behind = static_cast<Real>(x - end);
    Real const risen = into > Real(0) ? (into < width ? into : width) : Real(0);
    Real const tiny = static_cast<Real>(FLT_MIN);  // a ramp without width is a step: risen is 0 too
    Real const triangle = risen * risen / (Real(2) * (width > tiny ? width : tiny));
    return triangle + (behind > Real(0) ? behind : Real(0));
  }

  BinRange range_;
  Real weight_[lanes];  ///< of difference k-1 where it shares its ramp, else 0

 private:
  Accumulator accumulator_;
};

}  // namespace lauebench::kernels
