#include "probe/slurm_job.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "config/parse_number.hpp"

namespace lauebench {
namespace {

Reading<std::string> variable(char const* name) {
  char const* const value = std::getenv(name);
  return value != nullptr ? Reading<std::string>(value) : Unknown{fmt::format("{} is not set", name)};
}

/// How far away Slurm puts the end of a job without a limit (UNLIMITED).
constexpr std::int64_t unlimited_s = std::int64_t{365} * 24 * 60 * 60;

/// Seconds since 1970.
Reading<std::int64_t> moment(char const* name) {
  auto const text = variable(name);
  if (auto const* const unknown = std::get_if<Unknown>(&text)) {
    return *unknown;
  }
  std::string const& digits = std::get<std::string>(text);
  auto const seconds = parse_number<std::int64_t>(digits);
  return seconds.problem == NumberProblem::none
             ? Reading<std::int64_t>(seconds.value)
             : Unknown{fmt::format("{} is no number of seconds: '{}'", name, digits)};
}

Reading<std::int64_t> time_limit() {
  auto const start = moment("SLURM_JOB_START_TIME");
  auto const end = moment("SLURM_JOB_END_TIME");
  for (auto const* const one : {&start, &end}) {
    if (auto const* const unknown = std::get_if<Unknown>(one)) {
      return *unknown;
    }
  }
  std::int64_t const start_s = std::get<std::int64_t>(start);
  std::int64_t const end_s = std::get<std::int64_t>(end);
  if (start_s < 0 || end_s <= start_s) {
    return Unknown{fmt::format("SLURM_JOB_END_TIME ({}) is not after SLURM_JOB_START_TIME ({})", end_s, start_s)};
  }
  if (end_s - start_s == unlimited_s) {
    return Unknown{"the job has no limit: Slurm puts its end 365 days after its start"};
  }
  return end_s - start_s;
}

}  // namespace

Reading<SlurmJob> read_slurm_job() {
  constexpr std::array<std::pair<char const*, char const*>, 9> variables{{{"job_id", "SLURM_JOB_ID"},
                                                                          {"array_job_id", "SLURM_ARRAY_JOB_ID"},
                                                                          {"array_task_id", "SLURM_ARRAY_TASK_ID"},
                                                                          {"step_id", "SLURM_STEP_ID"},
                                                                          {"cluster", "SLURM_CLUSTER_NAME"},
                                                                          {"partition", "SLURM_JOB_PARTITION"},
                                                                          {"node_list", "SLURM_JOB_NODELIST"},
                                                                          {"nodes", "SLURM_JOB_NUM_NODES"},
                                                                          {"tasks", "SLURM_NTASKS"}}};
  if (std::getenv("SLURM_JOB_ID") == nullptr) {
    return Unknown{"not started inside a Slurm job"};
  }
  SlurmJob job;
  for (auto const& [name, slurm_name] : variables) {
    job.variables.emplace(name, variable(slurm_name));
  }
  job.time_limit_s = time_limit();
  return job;
}

}  // namespace lauebench
