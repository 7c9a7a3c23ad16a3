#include "probe/slurm_job.hpp"

#include <array>
#include <cstdlib>
#include <utility>

namespace lauebench {

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
  for (auto const& [name, variable] : variables) {
    if (char const* const value = std::getenv(variable)) {
      job.emplace(name, value);
    }
  }
  return job;
}

}  // namespace lauebench
