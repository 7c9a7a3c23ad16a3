#include "io/scan_geometry.hpp"

#include <algorithm>
#include <cmath>

#include "io/rotation.hpp"

namespace lauebench {

namespace {

/// From the beam-line frame to wire coordinates (rho): turns the wire's axis onto x.
Matrix3 wire_frame_rotation(WireGeometry const& wire) {
  Vec3 const axis = normalised(rotation_matrix(wire.rotation_rad) * normalised(wire.axis));
  Vec3 const normal{0.0, axis.z, -axis.y};  // axis x (1,0,0); its length is the sine of the angle
  double const sine = norm(normal);
  if (sine == 0.0) {
    return {};
  }
  // Rounding can put the length of a sine slightly above 1.
  return rotation_matrix((std::asin(std::min(sine, 1.0)) / sine) * normal);
}

PixelGrid pixel_grid(DetectorGeometry const& detector, DetectorRegion const& region, Matrix3 const& to_wire_frame) {
  auto const to_wire = [turn = rotation_matrix(detector.rotation_rad), &to_wire_frame](Vec3 const& v) {
    return to_wire_frame * (turn * v);
  };
  // Unbinned, zero-based position of stored pixel (0, 0): the middle of its bin.
  double const first_x = region.start_x + (region.bin_x - 1) / 2.0;
  double const first_y = region.start_y + (region.bin_y - 1) / 2.0;
  Vec3 const first{(first_x - (detector.pixels_x - 1) / 2.0) * detector.pitch_x_um,
                   (first_y - (detector.pixels_y - 1) / 2.0) * detector.pitch_y_um, 0.0};
  return {to_wire(first + detector.translation_um), to_wire({0.0, region.bin_y * detector.pitch_y_um, 0.0}),
          to_wire({region.bin_x * detector.pitch_x_um, 0.0, 0.0})};
}

}  // namespace

ScanGeometry make_scan_geometry(BeamlineGeometry const& beamline, DetectorRegion const& region,
                                std::span<Vec3 const> wire_raw_um) {
  Matrix3 const to_wire_frame = wire_frame_rotation(beamline.wire);
  Matrix3 const positioner = rotation_matrix(beamline.wire.rotation_rad);
  ScanGeometry geometry;
  geometry.pixels = pixel_grid(beamline.detector, region, to_wire_frame);
  geometry.wire_radius_um = beamline.wire.diameter_um / 2.0;
  geometry.beam = to_wire_frame * Vec3{0.0, 0.0, 1.0};
  geometry.wire.reserve(wire_raw_um.size());
  for (Vec3 const& raw : wire_raw_um) {
    Vec3 const centre = to_wire_frame * (positioner * (raw - beamline.wire.origin_um));
    geometry.wire.push_back({centre.y, centre.z});
  }
  return geometry;
}

Vec3 raw_wire_position_um(WireGeometry const& wire, Vec3 const& wire_coordinates_um) {
  // The inverse of a rotation is its transpose.
  Vec3 const beamline = transposed(wire_frame_rotation(wire)) * wire_coordinates_um;
  return transposed(rotation_matrix(wire.rotation_rad)) * beamline + wire.origin_um;
}

}  // namespace lauebench
