#pragma once

#include <string>

#include "bench/launch.hpp"
#include "staging/target_inspection.hpp"

namespace lauebench {

/// What --dry-run prints: every point, replicas, ranks needed and present, room needed and free; then the merged
/// configuration as JSON.
[[nodiscard]] std::string dry_run_text(Launch const& launch, TargetInspection const& target, int ranks_present);

}  // namespace lauebench
