#pragma once

#include <chrono>

namespace lauebench {

/// Seconds on this machine's monotonic clock (std::chrono::steady_clock): of the start line, of RankOutcome and of
/// everything else that is timed.
[[nodiscard]] inline double monotonic_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace lauebench
