#pragma once

#include <span>
#include <string>

#include "bench/point_result.hpp"
#include "plan/plan.hpp"

namespace lauebench {

/// The table that ends a launch: point, runs, median seconds, reconstructions per minute, pixel-steps per second; the
/// with ceilings, the share of the attainable speed and the bottleneck; the
/// point of highest throughput is marked with `*`; below it the skipped points with their reasons. Ends with a newline.
[[nodiscard]] std::string result_table(std::span<PointResult const> results, std::span<SkippedPoint const> skipped);

/// Rows of cells as text: columns padded to their widest cell, the first one left-aligned, the others right-aligned,
/// two blanks between them.
[[nodiscard]] std::string aligned_text(std::span<std::vector<std::string> const> rows);

}  // namespace lauebench
