#pragma once

#include <map>
#include <string>

#include "probe/reading.hpp"

namespace lauebench {

/// The Slurm job that this process belongs to: names as in the record ("job_id", "partition"), values as Slurm gives
/// them in the environment; the limit of its time ("time_limit_s") is the difference of two of them.
using SlurmJob = std::map<std::string, Reading<std::string>>;

[[nodiscard]] Reading<SlurmJob> read_slurm_job();

}  // namespace lauebench
