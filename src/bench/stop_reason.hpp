#pragma once

#include <array>
#include <cstddef>
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
  fail_fast,          ///< a run failed, and --fail-fast ended the launch
  interrupted,        ///< a signal ended the launch
  error,              ///< an error ended the launch
};

/// As the schema has it in `summary.stopped`: its descriptions are what laue-report shows.
struct StopReasonWords {
  std::string_view name;
  std::string_view meaning;      ///< for people, in a few words
  bool is_as_asked_for = false;  ///< leaves nothing to be careful with
};

/// In the order of the enumerators.
inline constexpr std::array stop_reason_words{
    StopReasonWords{"runs", "as many runs as asked for", true},
    StopReasonWords{"target_ci", "the 95 % interval is as narrow as --target-ci asks for", true},
    StopReasonWords{"sustained", "it was repeated for as long as --sustain asks for", true},
    StopReasonWords{"max_runs", "the 95 % interval is still wider than --target-ci"},
    StopReasonWords{"only_failures", "the first runs failed, all of them"},
    StopReasonWords{"failures_in_a_row", "the last runs failed, one after the other"},
    StopReasonWords{"time_limit", "the next run would not have ended within --time-limit"},
    StopReasonWords{"allocation_end", "the next run would not have ended before the Slurm allocation"},
    StopReasonWords{"fail_fast", "a run failed, and --fail-fast ended the launch"},
    StopReasonWords{"interrupted", "a signal ended the launch"},
    StopReasonWords{"error", "an error ended the launch"},
};

[[nodiscard]] constexpr StopReasonWords const& words_of(StopReason reason) {
  return stop_reason_words.at(static_cast<std::size_t>(reason));
}

[[nodiscard]] constexpr std::string_view to_string(StopReason reason) { return words_of(reason).name; }

/// Whether it was a lack of time.
[[nodiscard]] constexpr bool is_for_time(StopReason reason) {
  return reason == StopReason::time_limit || reason == StopReason::allocation_end;
}

}  // namespace lauebench
