#pragma once

#include <span>
#include <string>

#include "bench/point_result.hpp"
#include "plan/plan.hpp"

namespace lauebench {

/// The table that ends a launch: point, runs (succeeded of planned), median seconds, reconstructions per minute,
/// pixel-steps per second, with ceilings the share of the attainable speed and the bottleneck; the point of highest
/// throughput is marked with `*`; below it which state of the page cache the seconds are of, a line for each flag that
/// a run carries, for ceilings of storage that differ by more than 1.3 between moments of the launch, for outliers,
/// slow first runs and points that stopped early, and the skipped points with their reasons. Ends with a newline.
[[nodiscard]] std::string result_table(std::span<PointResult const> results, std::span<SkippedPoint const> skipped);

/// The cell of the column "runs": succeeded of planned, "2/3" or "2/3 (1 failed)"; succeeded alone, "7", where the runs
/// themselves tell how many are made.
[[nodiscard]] std::string runs_text(PointResult const& result);

/// Rows of cells as text: columns padded to their widest cell, the first one left-aligned, the others right-aligned,
/// two blanks between them.
[[nodiscard]] std::string aligned_text(std::span<std::vector<std::string> const> rows);

}  // namespace lauebench
