#pragma once

#include <span>
#include <string>

#include "bench/point_result.hpp"

namespace lauebench {

/// For people: a line each for outliers, slow first runs and the reasons for which points stopped early, with their
/// points; empty where there is none of them.
[[nodiscard]] std::string repetition_lines(std::span<PointResult const> results);

}  // namespace lauebench
