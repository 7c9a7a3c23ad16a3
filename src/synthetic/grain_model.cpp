#include "synthetic/grain_model.hpp"

#include <algorithm>
#include <cmath>

#include "synthetic/philox.hpp"

namespace lauebench {

namespace {

constexpr int attempts_to_keep_apart = 200;

/// Linear interpolation by a number in (0, 1).
double between(double low, double high, UniformStream& uniform) { return low + (high - low) * uniform(); }

/// A centre whose spot keeps three sigmas from the border where the image is large enough.
double draw_centre(int pixels, double sigma_px, UniformStream& uniform) {
  double const margin = std::min(3.0 * sigma_px, (pixels - 1) / 2.0);
  return between(margin, pixels - 1 - margin, uniform);
}

GrainTruth draw_grain(GrainDraw const& draw, UniformStream& uniform) {
  double const largest_sigma = std::min(4.0, std::min(draw.rows, draw.columns) / 12.0);
  double const smallest_sigma = 0.375 * largest_sigma;
  double const width = draw.depth_range.end_um - draw.depth_range.start_um;
  GrainTruth grain;
  grain.sigma_px = between(smallest_sigma, largest_sigma, uniform);
  grain.row = draw_centre(draw.rows, grain.sigma_px, uniform);
  grain.column = draw_centre(draw.columns, grain.sigma_px, uniform);
  grain.amplitude_counts = between(0.3, 1.0, uniform) * draw.amplitude_counts;
  double const thickness = between(0.02, 0.08, uniform) * width;
  grain.depth_start_um =
      between(draw.depth_range.start_um + 0.02 * width, draw.depth_range.end_um - 0.02 * width - thickness, uniform);
  grain.depth_end_um = grain.depth_start_um + thickness;
  return grain;
}

bool overlap(GrainTruth const& a, GrainTruth const& b) {
  double const reach = spot_reach_sigmas * (a.sigma_px + b.sigma_px) + 1.0;
  return std::abs(a.row - b.row) < reach && std::abs(a.column - b.column) < reach;
}

}  // namespace

std::vector<GrainTruth> draw_grains(GrainDraw const& draw) {
  std::vector<GrainTruth> grains;
  grains.reserve(static_cast<std::size_t>(draw.grains));
  bool room_is_left = true;
  for (std::uint32_t index = 0; index < static_cast<std::uint32_t>(draw.grains); ++index) {
    UniformStream uniform(philox_key(draw.seed), RandomPurpose::grains, index, 0U);
    GrainTruth grain = draw_grain(draw, uniform);
    auto const touches_another = [&] {
      return std::ranges::any_of(grains, [&grain](GrainTruth const& other) { return overlap(grain, other); });
    };
    int attempts = 1;
    while (room_is_left && touches_another()) {
      room_is_left = attempts < attempts_to_keep_apart;
      grain = draw_grain(draw, uniform);
      ++attempts;
    }
    grains.push_back(grain);
  }
  return grains;
}

}  // namespace lauebench
