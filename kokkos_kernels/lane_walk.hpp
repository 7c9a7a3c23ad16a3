#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kokkos_kernels/difference_walk.hpp"
#include "kokkos_kernels/lane_transpose.hpp"

/// The walk of difference_walk.hpp for the host's loop. Rows are lanes and lie close together in depth: in most steps
/// all lanes come in the same order and fall into the same bins, and these steps have short code of their own.
namespace lauebench::kernels {

/// What some lanes' edges lie between, not always tightly; not numbers where a lane is not.
struct Bounds {
  double low;
  double high;
};

/// Depths (bin coordinates) of the lanes' edges at one wire position.
struct LaneEdge {
  double const* depth;
  Bounds bounds;
};

/// Written with 16-byte registers: compilers do not make minima of doubles from loops as long as there may be NaNs.
template <int Lanes>
inline Bounds bounds_of(double const* depth) {
  using Pair = detail::Register<double>;
  Pair low;
  std::memcpy(&low, depth, sizeof low);
  Pair high = low;
  Pair sum = low;  // not a number when a lane is not
  for (int lane = 2; lane < Lanes; lane += 2) {
    Pair pair;
    std::memcpy(&pair, depth + lane, sizeof pair);
    low = pair < low ? pair : low;
    high = pair > high ? pair : high;
    sum += pair;
  }
  double const spoiled = 0.0 * (sum[0] + sum[1]);
  return {(low[0] < low[1] ? low[0] : low[1]) + spoiled, (high[0] > high[1] ? high[0] : high[1]) + spoiled};
}

/// Whether a <= b <= c <= d and a < d in every lane; false where a lane is not a number.
template <int Lanes>
inline bool is_ascending(double const* a, double const* b, double const* c, double const* d) {
  std::int64_t disorder = 0;  // as wide as a double: masks need no conversion
  for (int lane = 0; lane < Lanes; ++lane) {
    bool const ascends = (a[lane] <= b[lane]) & (b[lane] <= c[lane]) & (c[lane] <= d[lane]) & (a[lane] < d[lane]);
    disorder |= ascends ? std::int64_t{0} : std::int64_t{-1};
  }
  return disorder == 0;
}

/// Order in depth of the edges of a pixel before and after a step, alike in all lanes.
enum class EdgeOrder : std::uint8_t {
  pixel_first,  ///< ps <= fs <= fe <= pe: the wire step is wider than the pixel
  step_first,   ///< ps <= fe <= fs <= pe: the pixel is wider than the wire step
  mixed
};

/// Edges whose lanes do not overlap need no look at the lanes.
template <int Lanes>
inline EdgeOrder edge_order(LaneEdge const& front, LaneEdge const& back, LaneEdge const& next_front,
                            LaneEdge const& next_back) {
  auto const is_before = [](LaneEdge const& a, LaneEdge const& b) { return a.bounds.high < b.bounds.low; };
  if (is_before(front, back) && is_before(next_front, next_back)) {
    if (is_before(back, next_front)) {
      return EdgeOrder::pixel_first;
    }
    if (is_before(front, next_front) && is_before(next_front, back) && is_before(back, next_back)) {
      return EdgeOrder::step_first;
    }
  }
  if (is_ascending<Lanes>(front.depth, back.depth, next_front.depth, next_back.depth)) {
    return EdgeOrder::pixel_first;
  }
  return is_ascending<Lanes>(front.depth, next_front.depth, back.depth, next_back.depth) ? EdgeOrder::step_first
                                                                                         : EdgeOrder::mixed;
}

/// T of one column's lanes, [depths][Lanes].
template <class Real, int Lanes>
struct LaneSteps {
  Real* steps;
  Real& operator()(int m, int lane) const { return steps[m * Lanes + lane]; }
};

template <class Real, int Lanes>
class LaneWalk : DifferenceWalk<Real, Lanes, LaneSteps<Real, Lanes>> {
  using General = DifferenceWalk<Real, Lanes, LaneSteps<Real, Lanes>>;
  using General::add_ramp;
  using General::integral;
  using General::range_;
  using General::weight_;

 public:
  LaneWalk(BinRange const& range, LaneSteps<Real, Lanes> const& steps) : General(range, steps), steps_(steps.steps) {}

  /// As DifferenceWalk::step, for finite differences. Which way a step takes depends on its edges alone: rows that are
  /// together give the same bits whatever the images hold.
  void step(LaneEdge const& front, LaneEdge const& back, LaneEdge const& next_front, LaneEdge const& next_back,
            double const* difference) {
    if (next_back.bounds.high < range_.first || front.bounds.low > range_.last) {
      finish(front, back);
      return;
    }
    bool const counts = next_back.bounds.low >= range_.first && front.bounds.high <= range_.last;
    switch (counts ? edge_order<Lanes>(front, back, next_front, next_back) : EdgeOrder::mixed) {
      case EdgeOrder::pixel_first:
        step_in_order(front, back, next_front, next_back, difference);
        break;
      case EdgeOrder::step_first:
        step_crossed(front, back, next_front, next_back, difference);
        break;
      case EdgeOrder::mixed:
        General::step(front.depth, back.depth, next_front.depth, next_back.depth, difference);
        is_idle_ = false;
    }
  }

  /// As DifferenceWalk::finish.
  void finish(LaneEdge const& front, LaneEdge const& back) {
    if (!is_idle_) {
      General::finish(front.depth, back.depth);
      is_idle_ = true;
    }
  }

 private:
  /// ps <= fs <= fe <= pe: the wire step is wider than the pixel, one ramp does for this difference and the last.
  void step_in_order(LaneEdge const& front, LaneEdge const& back, LaneEdge const& next_front, LaneEdge const& next_back,
                     double const* difference) {
    Real coefficient[Lanes];
    for (int lane = 0; lane < Lanes; ++lane) {
      double const base = next_back.depth[lane] - front.depth[lane];
      double const top = next_front.depth[lane] - back.depth[lane];
      auto const weight = static_cast<Real>(difference[lane] / (0.5 * (base + range_.flat_share * top)));
      coefficient[lane] = weight - weight_[lane];
      weight_[lane] = weight;
    }
    is_idle_ = false;
    add_bounded_ramp(front, back, coefficient);
  }

  /// ps <= fe <= fs <= pe: the pixel is wider than the wire step, two ramps of its own.
  void step_crossed(LaneEdge const& front, LaneEdge const& back, LaneEdge const& next_front, LaneEdge const& next_back,
                    double const* difference) {
    finish(front, back);
    Real rising[Lanes];
    Real falling[Lanes];
    for (int lane = 0; lane < Lanes; ++lane) {
      double const base = next_back.depth[lane] - front.depth[lane];
      double const top = back.depth[lane] - next_front.depth[lane];
      rising[lane] = static_cast<Real>(difference[lane] / (0.5 * (base + range_.flat_share * top)));
      falling[lane] = -rising[lane];
    }
    add_bounded_ramp(front, next_front, rising);
    add_bounded_ramp(back, next_back, falling);
  }

  /// As add_ramp for begin <= end in every lane.
  void add_bounded_ramp(LaneEdge const& begin, LaneEdge const& end, Real const* coefficient) {
    if (!(begin.bounds.low >= 1.0 && end.bounds.high < range_.depths - 1)) {
      add_ramp(begin.depth, end.depth, coefficient);
      return;
    }
    int const first = static_cast<int>(begin.bounds.low);
    int const last = static_cast<int>(end.bounds.high);
    if (last > first + 1) {
      add_ramp(begin.depth, end.depth, coefficient);
    } else if (first == last) {
      add_within_one_bin(first, begin.depth, end.depth, coefficient);
    } else {
      add_across_two_bins(first, begin.depth, end.depth, coefficient);
    }
  }

  // the same sums as DifferenceWalk's, without its care for lanes that are not numbers
  void add_within_one_bin(int m, double const* __restrict begin, double const* __restrict end,
                          Real const* __restrict coefficient) {
    Real* const __restrict step = steps_ + static_cast<std::ptrdiff_t>(m) * Lanes;
    for (int lane = 0; lane < Lanes; ++lane) {
      Real const share = static_cast<Real>((m + 1) - 0.5 * (begin[lane] + end[lane]));
      Real const in_bin = coefficient[lane] * share;
      step[lane] += in_bin;
      step[lane + Lanes] += coefficient[lane] - in_bin;
    }
  }

  void add_across_two_bins(int m, double const* __restrict begin, double const* __restrict end,
                           Real const* __restrict coefficient) {
    Real* const __restrict step = steps_ + static_cast<std::ptrdiff_t>(m) * Lanes;
    for (int lane = 0; lane < Lanes; ++lane) {
      Real const one = integral(m + 1, begin[lane], end[lane]);
      Real const two = static_cast<Real>((m + 2) - 0.5 * (begin[lane] + end[lane]));
      step[lane] += coefficient[lane] * one;
      step[lane + Lanes] += coefficient[lane] * (two - Real(2) * one);
      step[lane + 2 * Lanes] += coefficient[lane] * (Real(1) - two + one);
    }
  }

  Real* steps_;
  bool is_idle_ = true;  ///< all weights are 0
};

}  // namespace lauebench::kernels
