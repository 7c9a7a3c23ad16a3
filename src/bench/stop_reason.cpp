#include "bench/stop_reason.hpp"

#include <array>
#include <cstddef>

namespace lauebench {

std::string_view to_string(StopReason reason) {
  constexpr std::array<std::string_view, 8> names{"runs",          "target_ci",  "sustained",      "max_runs",
                                                  "only_failures", "time_limit", "allocation_end", "interrupted"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view meaning(StopReason reason) {
  constexpr std::array<std::string_view, 8> meanings{"",
                                                     "",
                                                     "",
                                                     "the 95 % interval is still wider than --target-ci",
                                                     "the first runs failed, all of them",
                                                     "the next run would not have ended within --time-limit",
                                                     "the next run would not have ended before the Slurm allocation",
                                                     "a signal ended the launch"};
  return meanings[static_cast<std::size_t>(reason)];
}

}  // namespace lauebench
