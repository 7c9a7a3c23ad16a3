#pragma once

#include <optional>
#include <vector>

#include "config/config.hpp"
#include "io/geometry_reader.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// What a wire scan has to cover.
struct WirePathRequest {
  BeamlineGeometry beamline;
  DetectorRegion region;
  int rows = 0;
  int columns = 0;
  DepthRange depth_range;
  int images = 0;                 ///< I_0 .. I_(N-1)
  std::optional<double> step_um;  ///< empty: the smallest that covers the range, rounded up to a nanometre
};

struct WirePath {
  std::vector<Vec3> raw_um;  ///< images + 3 elements: stored frame s belongs to element s + 1, image I_k is frame k + 1
  double step_um = 0.0;      ///< distance between neighbouring elements
};

/// Steps at each end of the scan that are more than the depth range needs.
inline constexpr int margin_steps = 4;

/// Distance of the plane in which the wire moves from the beam where depth is 0; that plane is inclined by 45 degrees
/// like the sample's surface.
inline constexpr double wire_plane_distance_um = 200.0;

/// Wire positions in equal steps along the inclined plane, y and z of the positioner changing alike and x constant,
/// such that for every pixel the leading edge starts `margin_steps` before the depth range and ends as much behind it,
/// and the trailing edge enters the range only after the leading edge has left it. Throws Error (bad_input) when step
/// and number of images do not suffice (naming those that do), when the wire is too thin for the depth range, and when
/// the detector does not see the range past the wire.
[[nodiscard]] WirePath plan_wire_path(WirePathRequest const& request);

}  // namespace lauebench
