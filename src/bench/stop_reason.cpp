#include "bench/stop_reason.hpp"

#include <array>
#include <cstddef>

namespace lauebench {

std::string_view to_string(StopReason reason) {
  constexpr std::array<std::string_view, 10> names{
      "runs",       "target_ci",      "sustained",   "max_runs", "only_failures", "failures_in_a_row",
      "time_limit", "allocation_end", "interrupted", "error"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view meaning(StopReason reason) {
  constexpr std::array<std::string_view, 10> meanings{"",
                                                      "",
                                                      "",
                                                      "the 95 % interval is still wider than --target-ci",
                                                      "the first runs failed, all of them",
                                                      "the last runs failed, one after the other",
                                                      "the next run would not have ended within --time-limit",
                                                      "the next run would not have ended before the Slurm allocation",
                                                      "a signal ended the launch",
                                                      "an error ended the launch"};
  return meanings[static_cast<std::size_t>(reason)];
}

}  // namespace lauebench
