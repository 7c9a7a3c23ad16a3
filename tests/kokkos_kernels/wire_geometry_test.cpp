#include "kokkos_kernels/wire_geometry.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

// A ray from (y, z) along angle phi touches a circle of radius r around the wire where its distance from the centre is
// r. Checked against the formula in the literature's form: angles by atan2 and asin.
double depth_by_angles(double y, double z, WirePosition const& wire, double radius, TangentSide side) {
  double const dy = wire.y_um - y;
  double const dz = wire.z_um - z;
  double const sign = side == TangentSide::leading ? -1.0 : 1.0;
  double const phi = std::atan2(dz, dy) + sign * std::asin(radius / std::hypot(dy, dz));
  return z - y * std::tan(phi);
}

TEST(EdgeDepth, IsWhereTheTangentMeetsTheBeam) {
  Vec3 const beam{0.0, 0.0, 1.0};
  for (TangentSide const side : {TangentSide::leading, TangentSide::trailing}) {
    DepthFormula const formula = make_depth_formula(26.0, beam, side);
    for (double const z : {-40000.0, 0.0, 25000.0}) {
      WirePosition const wire{400.0, 30.0};
      EXPECT_NEAR(edge_depth_um(510000.0, z, wire, formula), depth_by_angles(510000.0, z, wire, 26.0, side), 1e-6);
    }
  }
}

TEST(EdgeDepth, LeadingAndTrailingLieOnBothSidesOfTheWire) {
  Vec3 const beam{0.0, 0.0, 1.0};
  WirePosition const wire{400.0, 0.0};
  double const leading = edge_depth_um(510000.0, 0.0, wire, make_depth_formula(50.0, beam, TangentSide::leading));
  double const trailing = edge_depth_um(510000.0, 0.0, wire, make_depth_formula(50.0, beam, TangentSide::trailing));
  EXPECT_NEAR(leading, -trailing, 1e-9);
  EXPECT_NEAR(std::abs(leading - trailing), 100.0, 0.2);
}

TEST(EdgeDepth, MovesWithTheWire) {
  DepthFormula const formula = make_depth_formula(50.0, {0.0, 0.0, 1.0}, TangentSide::leading);
  double const here = edge_depth_um(510000.0, 0.0, {400.0, 0.0}, formula);
  double const there = edge_depth_um(510000.0, 0.0, {400.0, 1.0}, formula);
  EXPECT_NEAR(there - here, 1.0, 2e-3)
      << "a wire 0.4 mm above the sample, seen from 510 mm, moves its shadow by a thousandth more";
}

TEST(EdgeDepth, IsNotANumberInsideTheWire) {
  DepthFormula const formula = make_depth_formula(50.0, {0.0, 0.0, 1.0}, TangentSide::leading);
  EXPECT_TRUE(std::isnan(edge_depth_um(410.0, 0.0, {400.0, 0.0}, formula)));
}

TEST(EdgeDepth, IsMeasuredAlongATiltedBeam) {
  double const tilt = 0.01;
  Vec3 const beam{0.0, std::sin(tilt), std::cos(tilt)};
  DepthFormula const formula = make_depth_formula(50.0, beam, TangentSide::trailing);
  WirePosition const wire{400.0, 20.0};
  double const depth = edge_depth_um(510000.0, 1000.0, wire, formula);
  // the point at that depth lies on the line that touches the wire
  double const y = depth * beam.y;
  double const z = depth * beam.z;
  double const along_y = 510000.0 - y;
  double const along_z = 1000.0 - z;
  double const distance =
      std::abs(along_y * (wire.z_um - z) - along_z * (wire.y_um - y)) / std::hypot(along_y, along_z);
  EXPECT_NEAR(distance, 50.0, 1e-6);
}

TEST(PixelPosition, IsAffine) {
  PixelGrid const grid{{1.0, 2.0, 3.0}, {10.0, 20.0, 30.0}, {0.1, 0.2, 0.3}};
  Vec3 const point = pixel_position(grid, 2.0, 0.5);
  EXPECT_DOUBLE_EQ(point.x, 21.05);
  EXPECT_DOUBLE_EQ(point.y, 42.1);
  EXPECT_DOUBLE_EQ(point.z, 63.15);
}

}  // namespace
}  // namespace lauebench
