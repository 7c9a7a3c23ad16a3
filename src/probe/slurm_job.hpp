#pragma once

#include <map>
#include <string>

#include "probe/reading.hpp"

namespace lauebench {

/// The Slurm job that this process belongs to: names as in the record ("job_id", "partition"), values as Slurm gives
/// them in the environment.
using SlurmJob = std::map<std::string, std::string>;

[[nodiscard]] Reading<SlurmJob> read_slurm_job();

}  // namespace lauebench
