#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "probe/reading.hpp"

namespace lauebench {

/// The Slurm job that this process belongs to.
struct SlurmJob {
  /// Names as in the record ("job_id", "partition"), values as Slurm gives them in the environment.
  std::map<std::string, Reading<std::string>> variables;
  Reading<std::int64_t> time_limit_s;  ///< from the job's start to the end that Slurm allows it
};

[[nodiscard]] Reading<SlurmJob> read_slurm_job();

}  // namespace lauebench
