#pragma once

#include <cstddef>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/difference_walk.hpp"
#include "kokkos_kernels/wire_geometry.hpp"

namespace lauebench::kernels {

/// Sides of the wire to resolve, in order.
struct Sides {
  TangentSide side[2]{TangentSide::leading, TangentSide::trailing};  // plain arrays: device code indexes them
  int count = 1;
};

/// What every pixel of a reconstruction shares, small enough to be copied into a kernel. Wire positions lie beside it.
struct ResolveConstants {
  PixelGrid pixels;
  DepthFormula formula[2];
  Sides sides;
  BinRange range;
  double depth_start_um;
  double per_resolution;  ///< 1 / resolution
  double cutoff;
  int images;
  int differences;
  int columns;
  ElementType input_type;
  ElementType output_type;
  CosmicFilter cosmic_filter;

  /// Depth (um) to bin coordinate: image m covers [m, m+1).
  [[nodiscard]] LAUEBENCH_FUNCTION double bin_coordinate(double depth_um) const {
    return (depth_um - depth_start_um) * per_resolution + 0.5;
  }
};

inline Sides sides_of(WireEdge edge) {
  if (edge == WireEdge::both) {
    return {{TangentSide::leading, TangentSide::trailing}, 2};
  }
  if (edge == WireEdge::leading) {
    return {{TangentSide::leading, TangentSide::trailing}, 1};
  }
  return {{TangentSide::trailing, TangentSide::leading}, 1};
}

/// The established rule leaves the last two differences out.
inline int difference_count(int images, AreaRule rule) {
  return rule == AreaRule::conserving ? images - 1 : images - 3;
}

inline ResolveConstants make_resolve_constants(ReconstructionJob const& job) {
  ResolveConstants constants{};
  constants.pixels = job.geometry.pixels;
  constants.sides = sides_of(job.wire_edge);
  for (int i = 0; i < 2; ++i) {
    constants.formula[i] = make_depth_formula(job.geometry.wire_radius_um, job.geometry.beam, constants.sides.side[i]);
  }
  constants.range = make_bin_range(job.depths.count, job.area_rule);
  constants.depth_start_um = job.depths.start_um;
  constants.per_resolution = 1.0 / job.depths.resolution_um;
  constants.cutoff = job.cutoff;
  constants.images = static_cast<int>(job.geometry.wire.size());
  constants.differences = difference_count(constants.images, job.area_rule);
  constants.columns = job.columns;
  constants.input_type = job.input_type;
  constants.output_type = job.output_type;
  constants.cosmic_filter = job.cosmic_filter;
  return constants;
}

}  // namespace lauebench::kernels
