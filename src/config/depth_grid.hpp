#pragma once

#include "config/config.hpp"

namespace lauebench {

/// More depth images than this are taken for a mistake in the range or the resolution.
inline constexpr int max_depth_images = 10'000'000;

/// The depth images of a range: start and end are rounded to multiples of the resolution (half away from zero), then
/// count = round((end - start) / resolution) + 1. Throws Error (bad_input) for a reversed range, a resolution that is
/// not above 0, and more than `max_depth_images`.
[[nodiscard]] DepthGrid make_depth_grid(DepthRange const& range, double resolution_um);

}  // namespace lauebench
