#pragma once

#include <cstdint>
#include <string_view>

namespace lauebench {

/// Why a point is repeated no more; the closed list of the schema. Never because of what a comparison says.
enum class StopReason : std::uint8_t {
  runs,               ///< as many as asked for
  target_ci,          ///< its interval is as narrow as --target-ci asks for
  sustained,          ///< as long as --sustain asks for
  max_runs,           ///< as many as --max-runs allows; its interval is still wider
  only_failures,      ///< with --target-ci or --sustain: its first runs failed, all of them
  failures_in_a_row,  ///< with these: its last runs failed, earlier ones had succeeded
  time_limit,         ///< its next run would not have ended within --time-limit
  allocation_end,     ///< its next run would not have ended before the Slurm allocation
  interrupted,        ///< a signal ended the launch
  error,              ///< an error ended the launch
};

[[nodiscard]] std::string_view to_string(StopReason reason);

/// What a reason means, for people, in a few words; empty for those that leave nothing to be careful with.
[[nodiscard]] std::string_view meaning(StopReason reason);

/// Whether it was a lack of time.
[[nodiscard]] constexpr bool is_for_time(StopReason reason) {
  return reason == StopReason::time_limit || reason == StopReason::allocation_end;
}

}  // namespace lauebench
