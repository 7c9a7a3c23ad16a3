#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/point_result.hpp"
#include "config/config.hpp"
#include "plan/plan.hpp"
#include "staging/replicas.hpp"

namespace lauebench {

/// What ends a launch in several staging folders: for each of them its name, filesystem and result_table, then a table
/// that compares them: for each point and folder the median seconds, how many times as long as in the point's fastest
/// folder that is, and where ceilings were measured, plain reading and writing there and what limits the point; at last
/// how many times as long each folder takes over all points. `targets` as the configuration names them. Ends with a
/// newline.
[[nodiscard]] std::string target_tables(std::span<PointResult const> results, std::span<SkippedPoint const> skipped,
                                        std::span<StagedTarget const> targets);

/// How many times as long a target takes as the fastest one: the geometric mean of the ratios of medians, over the
/// points that all have successful runs of, targets without any left out. Empty for these, and for all when there is no
/// such point or only one target. `targets` is their number.
[[nodiscard]] std::vector<std::optional<double>> times_the_fastest(std::span<PointResult const> results, int targets);

}  // namespace lauebench
