#pragma once

#include <span>
#include <string>

#include "bench/point_result.hpp"

namespace lauebench {

/// For people: how well the points' depth images give the scan's own truth back, a line for all points of the same
/// accuracy. Empty where none is known.
[[nodiscard]] std::string accuracy_lines(std::span<PointResult const> results);

}  // namespace lauebench
