#pragma once

#include <functional>

namespace lauebench::test {

/// Medians of five alternating runs: drift of the machine meets both sides.
struct SideBySide {
  double reference_s = 0.0;
  double ours_s = 0.0;

  [[nodiscard]] double ratio() const { return reference_s / ours_s; }
};

/// Each side runs once before, so that pages and code are warm for both. `before_each` is not timed.
[[nodiscard]] SideBySide measure_side_by_side(
    std::function<void()> const& reference, std::function<void()> const& ours,
    std::function<void()> const& before_each = [] {});

/// The largest of up to six ratios, or the first that is `enough`: what comes between on a shared machine makes
/// single measurements worse and never the program better.
[[nodiscard]] double best_ratio(double enough, std::function<double()> const& measure);

}  // namespace lauebench::test
