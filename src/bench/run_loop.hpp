#pragma once

#include <optional>
#include <string>

#include "bench/launch.hpp"
#include "bench/launch_staging.hpp"
#include "bench/root_side.hpp"
#include "cluster/communicator.hpp"

namespace lauebench {

/// Makes the ceilings' measurements and the runs of the launch on all ranks, one after the other as rank 0 chooses;
/// `root` is there on rank 0 alone. Returns the signal that ended it before all runs were done, the same on every rank;
/// empty when all were. Collective; throws AgreedError.
[[nodiscard]] std::string run_all(Launch const& launch, Communicator& ranks, LaunchStaging& staging,
                                  std::optional<RootSide>& root);

}  // namespace lauebench
