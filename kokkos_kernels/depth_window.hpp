#pragma once

#include "kokkos_kernels/portability.hpp"

namespace lauebench::kernels {

enum class WindowMode : unsigned char { slides, stays };

/// One pixel's T in the bins in work, for which a walk needs no memory of the whole range. Bins only advance with the
/// wire: a window that slides hands each bin that it leaves behind, finished, to `Store(m, A_m)`, once. A walk that
/// comes back to such a bin has to be done again with windows that stay, one part of the range after another: all bits
/// are then as if T had been kept whole.
template <class Real, class Store>
class DepthWindow {
 public:
  static constexpr int width = 32;  // wider than nearly any ramp; a power of two, for the place in the ring

  LAUEBENCH_FUNCTION DepthWindow(WindowMode mode, Store const& store)
      : slides_(mode == WindowMode::slides), store_(store) {
    for (Real& bin : bins_) {
      bin = Real(0);
    }
  }

  LAUEBENCH_FUNCTION void add(int m, Real part) {
    if (m < first_) {
      came_back_ = true;
      return;
    }
    if (m >= first_ + width) {
      if (!slides_) {
        return;
      }
      finish_to(m - width + 1);
    }
    bins_[m % width] += part;
  }

  /// Nothing more comes to the bins below `end`.
  LAUEBENCH_FUNCTION void finish_to(int end) {
    for (; first_ < end; ++first_) {
      Real& bin = bins_[first_ % width];
      sum_ += bin;
      bin = Real(0);
      store_(first_, sum_);
    }
  }

  /// Lowest bin that is not finished.
  [[nodiscard]] LAUEBENCH_FUNCTION int first() const { return first_; }

  /// Whether something came to a bin that was finished: expected of a window that stays.
  [[nodiscard]] LAUEBENCH_FUNCTION bool came_back() const { return came_back_; }

 private:
  Real bins_[static_cast<unsigned>(width)];  // plain array: device code indexes it
  Real sum_ = Real(0);
  int first_ = 0;
  bool slides_;
  bool came_back_ = false;
  Store store_;
};

/// What a DifferenceWalk takes as its accumulator, for one lane.
template <class Window, class Real>
struct WindowAccess {
  struct Bin {
    Window* window;
    int m;
    LAUEBENCH_FUNCTION void operator+=(Real part) const { window->add(m, part); }
  };

  Window* window;
  LAUEBENCH_FUNCTION Bin operator()(int m, int /*lane*/) const { return {window, m}; }
};

}  // namespace lauebench::kernels
