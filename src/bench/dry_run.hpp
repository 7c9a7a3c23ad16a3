#pragma once

#include <string>
#include <vector>

#include "bench/launch.hpp"
#include "staging/target_inspection.hpp"

namespace lauebench {

/// What --dry-run prints: every point, ranks needed and present, replicas and room needed and free in each staging
/// folder; then the merged configuration as JSON.
[[nodiscard]] std::string dry_run_text(Launch const& launch, std::vector<TargetInspection> const& targets,
                                       int ranks_present);

}  // namespace lauebench
