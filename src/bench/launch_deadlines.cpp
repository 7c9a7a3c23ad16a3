#include "bench/launch_deadlines.hpp"

#include <limits>
#include <string>

#include <spdlog/spdlog.h>

#include "config/parse_number.hpp"

namespace lauebench {
namespace {

/// Seconds since 1970.
std::optional<double> allocation_end_unix_s(EnvironmentLookup const& environment) {
  constexpr char const* variable = "SLURM_JOB_END_TIME";
  std::optional<std::string> const text = environment(variable);
  if (!text) {
    return std::nullopt;
  }
  auto const parsed = parse_number<double>(*text);
  if (parsed.problem != NumberProblem::none || parsed.value <= 0.0) {
    spdlog::warn("{} '{}' is no moment: the launch goes on without looking at the end of its allocation", variable,
                 *text);
    return std::nullopt;
  }
  return parsed.value;
}

}  // namespace

LaunchDeadlines deadlines_of(RunConfig const& config, EnvironmentLookup const& environment, WallTime now,
                             double since_start_s) {
  LaunchDeadlines deadlines{config.time_limit_s, std::nullopt};
  if (auto const end_s = allocation_end_unix_s(environment)) {
    // Slurm names a moment of wall-clock time: how far it is away is asked once, the monotonic clock counts from there
    deadlines.allocation_end_s = since_start_s + (*end_s - unix_time_s(now));
  }
  return deadlines;
}

Deadline earliest(LaunchDeadlines const& deadlines) {
  constexpr double never = std::numeric_limits<double>::infinity();
  double const limit_s = deadlines.time_limit_s.value_or(never);
  double const end_s = deadlines.allocation_end_s.value_or(never);
  return end_s < limit_s ? Deadline{end_s, StopReason::allocation_end} : Deadline{limit_s, StopReason::time_limit};
}

}  // namespace lauebench
