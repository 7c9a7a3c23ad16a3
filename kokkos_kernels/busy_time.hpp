#pragma once

#include <algorithm>
#include <vector>

namespace lauebench::kernels {

/// When something was at work, seconds after a common start.
struct BusySpan {
  double begin_s = 0.0;
  double end_s = 0.0;
};

/// Seconds in which at least one of `spans` was at work: what overlaps counts once.
[[nodiscard]] inline double busy_time_s(std::vector<BusySpan> spans) {
  std::ranges::sort(spans, {}, &BusySpan::begin_s);
  double total_s = 0.0;
  double covered_s = 0.0;
  for (BusySpan const& span : spans) {
    total_s += std::max(0.0, span.end_s - std::max(span.begin_s, covered_s));
    covered_s = std::max(covered_s, span.end_s);
  }
  return total_s;
}

}  // namespace lauebench::kernels
