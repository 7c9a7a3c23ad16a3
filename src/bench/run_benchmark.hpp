#pragma once

#include <string>
#include <vector>

#include "cluster/communicator.hpp"
#include "config/config.hpp"

namespace lauebench {

/// `laue-bench run`: plans, stages, runs and records. Collective. Returns the exit status: 0 when all runs succeeded, 1
/// when one failed, when a lack of time left a point without any or when an error ended the launch after its first run
/// began, interrupted_status when a signal on any rank ended it before its last run. Throws AgreedError with
/// ReturnCode::bad_input for what prevented the first run and ReturnCode::cancelled when a signal ended staging, and
/// Error for what the other ranks do not know of, a rank that answers no more for instance: whatever could be recorded
/// is then.
[[nodiscard]] int run_benchmark(RunConfig const& config, Communicator& ranks, std::vector<std::string> command_line);

}  // namespace lauebench
