#include "config/depth_grid.hpp"

#include <cmath>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {

DepthGrid make_depth_grid(DepthRange const& range, double resolution_um) {
  if (!(resolution_um > 0.0) || !std::isfinite(resolution_um)) {
    throw bad_input(fmt::format("resolution {} um", resolution_um), "not above 0", "give a positive --resolution");
  }
  double const start_um = std::round(range.start_um / resolution_um) * resolution_um;
  double const end_um = std::round(range.end_um / resolution_um) * resolution_um;
  double const count = std::round((end_um - start_um) / resolution_um) + 1.0;
  if (count < 1.0) {
    throw bad_input(fmt::format("depth range {}:{} um", range.start_um, range.end_um), "it ends before it starts",
                    "give it as start:end with start below end");
  }
  // Written so that a count that is not a number, from a range beyond all measure, is refused as well.
  if (!(count <= max_depth_images)) {
    throw bad_input(
        fmt::format("depth range {}:{} um at resolution {} um", range.start_um, range.end_um, resolution_um),
        fmt::format("{:.6g} depth images, at most {} are possible", count, max_depth_images),
        "give a shorter --depth-range or a coarser --resolution");
  }
  return {.start_um = start_um, .resolution_um = resolution_um, .count = static_cast<int>(count)};
}

}  // namespace lauebench
