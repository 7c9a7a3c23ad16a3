#pragma once

#include <optional>

#include "bench/session.hpp"
#include "bench/stop_reason.hpp"
#include "cluster/launch_environment.hpp"
#include "config/config.hpp"

namespace lauebench {

/// When a launch has to be over, seconds after its start; empty: never.
struct LaunchDeadlines {
  std::optional<double> time_limit_s{};
  std::optional<double> allocation_end_s{};
};

/// `now` is `since_start_s` after the start of the launch. The end of the allocation is what Slurm says in
/// SLURM_JOB_END_TIME; where it says nothing, or nothing that can be read (a warning), there is none.
[[nodiscard]] LaunchDeadlines deadlines_of(RunConfig const& config, EnvironmentLookup const& environment, WallTime now,
                                           double since_start_s);

/// The one that comes first.
struct Deadline {
  double seconds = 0.0;  ///< after the start of the launch; infinite where there is none
  StopReason reason = StopReason::time_limit;
};

[[nodiscard]] Deadline earliest(LaunchDeadlines const& deadlines);

}  // namespace lauebench
