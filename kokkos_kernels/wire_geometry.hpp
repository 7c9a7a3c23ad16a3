#pragma once

#include <cmath>

#include "kokkos_kernels/portability.hpp"
#include "kokkos_kernels/types.hpp"

/// Depth seen past an edge of the wire; the formula and its derivation are in the reconstruction's specification
/// ("Depth seen past an edge of the wire"). All in wire coordinates, micrometres.
namespace lauebench {

/// +1 or -1 in front of the wire radius.
enum class TangentSide : signed char { leading = -1, trailing = +1 };

/// Constants of the depth formula for one scan and one side of the wire.
struct DepthFormula {
  double radius_squared;  ///< r^2
  double signed_radius;   ///< s * r
  double beam_slope;      ///< ki.y / ki.z
  double beam_scale;      ///< (ki . ki) / ki.z
};

LAUEBENCH_FUNCTION DepthFormula make_depth_formula(double wire_radius_um, Vec3 const& beam, TangentSide side) {
  double const length_squared = beam.x * beam.x + beam.y * beam.y + beam.z * beam.z;
  return {wire_radius_um * wire_radius_um, static_cast<double>(static_cast<signed char>(side)) * wire_radius_um,
          beam.y / beam.z, length_squared / beam.z};
}

/// Centre (fractional indices allowed) of stored pixel (row, column).
LAUEBENCH_FUNCTION Vec3 pixel_position(PixelGrid const& grid, double row, double column) {
  return {grid.origin_um.x + row * grid.per_row_um.x + column * grid.per_column_um.x,
          grid.origin_um.y + row * grid.per_row_um.y + column * grid.per_column_um.y,
          grid.origin_um.z + row * grid.per_row_um.z + column * grid.per_column_um.z};
}

/// D(p, w): where the ray from point (y, z) that touches the wire centred at `wire` meets the beam, measured along the
/// beam. Not a number when the point lies inside the wire.
LAUEBENCH_FUNCTION double edge_depth_um(double point_y_um, double point_z_um, WirePosition const& wire,
                                        DepthFormula const& formula) {
  double const dy = wire.y_um - point_y_um;
  double const dz = wire.z_um - point_z_um;
  double const tangent = std::sqrt(dy * dy + dz * dz - formula.radius_squared);
  double const num = dz * tangent + formula.signed_radius * dy;
  double const den = dy * tangent - formula.signed_radius * dz;
  return (point_z_um * den - point_y_um * num) / (den - num * formula.beam_slope) * formula.beam_scale;
}

}  // namespace lauebench
