#pragma once

#include <cstdint>
#include <vector>

#include "config/config.hpp"
#include "io/scan_truth.hpp"

namespace lauebench {

struct GrainDraw {
  int grains = 0;
  int rows = 0;
  int columns = 0;
  DepthRange depth_range;
  double amplitude_counts = 0.0;
  std::uint64_t seed = 0;
};

/// Draws grains inside the image and the depth range. Spots are kept apart as long as there is room. Amplitudes lie
/// between 0.3 and 1 of the given one, sigmas between 1.5 and 4 stored pixels (less in images that are smaller than 48
/// pixels), depth intervals take 2 to 8 % of the depth range. The same draw gives the same grains.
[[nodiscard]] std::vector<GrainTruth> draw_grains(GrainDraw const& draw);

}  // namespace lauebench
