#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace lauebench {

/// Digest (XXH3-128, 32 hex digits) of everything that changes what one run does (scan, geometry, staging folder,
/// parameters of the reconstruction) or which points exist, in any order. Runs, warm-ups, order, tag, results path and
/// what this machine can run are no part of it.
[[nodiscard]] std::string make_plan_id(RunConfig const& config, std::vector<GridPoint> const& points);

}  // namespace lauebench
