#pragma once

#include <span>

#include "io/geometry_reader.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// Beam-line geometry, region of interest and raw wire positions (um) brought to wire coordinates: the specification's
/// sections "Input 1" (rotations), "Input 2" (wire positions) and "A pixel in space".
[[nodiscard]] ScanGeometry make_scan_geometry(BeamlineGeometry const& beamline, DetectorRegion const& region,
                                              std::span<Vec3 const> wire_raw_um);

/// Inverse of the map from raw positions to wire coordinates: w = rho * (Rw * (raw - Origin)).
[[nodiscard]] Vec3 raw_wire_position_um(WireGeometry const& wire, Vec3 const& wire_coordinates_um);

}  // namespace lauebench
