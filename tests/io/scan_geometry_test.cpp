#include "io/scan_geometry.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "io/rotation.hpp"
#include "kokkos_kernels/wire_geometry.hpp"

namespace lauebench {
namespace {

using Rows = std::array<std::array<double, 3>, 3>;

/// Rodrigues' formula in its other form, R = I + sin(t) K + (1 - cos(t)) K^2: the specification's steps one by one,
/// written without the production code's helpers.
Rows oracle_rotation(std::array<double, 3> const& v) {
  double const t = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  Rows result{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  if (t == 0.0) {
    return result;
  }
  Rows const k{{{0, -v[2] / t, v[1] / t}, {v[2] / t, 0, -v[0] / t}, {-v[1] / t, v[0] / t, 0}}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double square = 0.0;
      for (std::size_t l = 0; l < 3; ++l) {
        square += k[i][l] * k[l][j];
      }
      result[i][j] += std::sin(t) * k[i][j] + (1.0 - std::cos(t)) * square;
    }
  }
  return result;
}

std::array<double, 3> turned(Rows const& m, std::array<double, 3> const& v) {
  std::array<double, 3> r{};
  for (std::size_t i = 0; i < 3; ++i) {
    r[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  }
  return r;
}

Rows oracle_wire_frame(BeamlineGeometry const& b) {
  double const length =
      std::sqrt(b.wire.axis.x * b.wire.axis.x + b.wire.axis.y * b.wire.axis.y + b.wire.axis.z * b.wire.axis.z);
  auto const a = turned(oracle_rotation({b.wire.rotation_rad.x, b.wire.rotation_rad.y, b.wire.rotation_rad.z}),
                        {b.wire.axis.x / length, b.wire.axis.y / length, b.wire.axis.z / length});
  double const sine = std::sqrt(a[1] * a[1] + a[2] * a[2]);
  double const factor = sine == 0.0 ? 0.0 : std::asin(sine) / sine;
  return oracle_rotation({0.0, a[2] * factor, -a[1] * factor});
}

BeamlineGeometry beamline() {
  return read_geometry(std::filesystem::path(LAUEBENCH_TEST_DATA) / "geometries" / "geoN_2023-04-06_03-07-11.xml", 1);
}

DetectorRegion region() {
  DetectorRegion r;
  r.start_x = 100;
  r.start_y = 40;
  r.bin_x = 3;
  r.bin_y = 2;
  return r;
}

void expect_near(Vec3 const& found, std::array<double, 3> const& expected, double tolerance) {
  EXPECT_NEAR(found.x, expected[0], tolerance);
  EXPECT_NEAR(found.y, expected[1], tolerance);
  EXPECT_NEAR(found.z, expected[2], tolerance);
}

TEST(ScanGeometry, PixelsAreTheSpecificationsFormula) {
  auto const b = beamline();
  auto const r = region();
  auto const geometry = make_scan_geometry(b, r, {});
  Rows const rho = oracle_wire_frame(b);
  Rows const rd = oracle_rotation({b.detector.rotation_rad.x, b.detector.rotation_rad.y, b.detector.rotation_rad.z});
  for (double const i : {0.0, 1.0, 17.0, 300.0}) {
    for (double const j : {-0.5, 0.0, 0.5, 200.5}) {
      double const x = j * r.bin_x + r.start_x + (r.bin_x - 1) / 2.0;
      double const y = i * r.bin_y + r.start_y + (r.bin_y - 1) / 2.0;
      std::array<double, 3> const d{(x - (1024 - 1) / 2.0) * 200.0 + b.detector.translation_um.x,
                                    (y - (1024 - 1) / 2.0) * 200.0 + b.detector.translation_um.y,
                                    b.detector.translation_um.z};
      expect_near(pixel_position(geometry.pixels, i, j), turned(rho, turned(rd, d)), 1e-8);
    }
  }
}

TEST(ScanGeometry, WireAndBeam) {
  auto const b = beamline();
  std::array<Vec3, 2> const raw{Vec3{10.0, -2000.0, 300.0}, Vec3{10.0, -1999.0, 301.0}};
  auto const geometry = make_scan_geometry(b, region(), raw);
  Rows const rho = oracle_wire_frame(b);
  Rows const rw = oracle_rotation({b.wire.rotation_rad.x, b.wire.rotation_rad.y, b.wire.rotation_rad.z});
  ASSERT_EQ(geometry.wire.size(), 2U);
  for (std::size_t k = 0; k < 2; ++k) {
    auto const w = turned(
        rho, turned(rw, {raw[k].x - b.wire.origin_um.x, raw[k].y - b.wire.origin_um.y, raw[k].z - b.wire.origin_um.z}));
    EXPECT_NEAR(geometry.wire[k].y_um, w[1], 1e-10);
    EXPECT_NEAR(geometry.wire[k].z_um, w[2], 1e-10);
  }
  EXPECT_DOUBLE_EQ(geometry.wire_radius_um, 50.75);
  expect_near(geometry.beam, turned(rho, {0.0, 0.0, 1.0}), 1e-14);
}

TEST(ScanGeometry, TheWireLiesAlongX) {
  auto const b = beamline();
  Vec3 const origin = raw_wire_position_um(b.wire, {0.0, 0.0, 0.0});
  Vec3 const along = raw_wire_position_um(b.wire, {1.0, 0.0, 0.0});
  Vec3 const direction = along - origin;
  Vec3 const axis = normalised(b.wire.axis);
  EXPECT_NEAR(direction.x, axis.x, 1e-12);
  EXPECT_NEAR(direction.y, axis.y, 1e-12);
  EXPECT_NEAR(direction.z, axis.z, 1e-12);
}

TEST(ScanGeometry, RawPositionIsTheInverse) {
  auto const b = beamline();
  for (Vec3 const w : {Vec3{0.0, 0.0, 0.0}, Vec3{5.0, -3000.0, 200.0}}) {
    std::array const raw{raw_wire_position_um(b.wire, w)};
    auto const geometry = make_scan_geometry(b, region(), raw);
    EXPECT_NEAR(geometry.wire.front().y_um, w.y, 1e-9);
    EXPECT_NEAR(geometry.wire.front().z_um, w.z, 1e-9);
  }
}

TEST(ScanGeometry, WithoutRotationsNothingTurns) {
  BeamlineGeometry b;
  b.detector = {4, 2, 10.0, 20.0, {}, {1.0, 2.0, 1000.0}};
  b.wire = {50.0, {1.0, 2.0, 3.0}, {}, {7.0, 0.0, 0.0}};
  std::array const raw{Vec3{1.0, 12.0, 23.0}};
  auto const geometry = make_scan_geometry(b, DetectorRegion{}, raw);
  expect_near(geometry.pixels.origin_um, {1.0 - 1.5 * 10.0, 2.0 - 0.5 * 20.0, 1000.0}, 0.0);
  expect_near(geometry.pixels.per_row_um, {0.0, 20.0, 0.0}, 0.0);
  expect_near(geometry.pixels.per_column_um, {10.0, 0.0, 0.0}, 0.0);
  expect_near(geometry.beam, {0.0, 0.0, 1.0}, 0.0);
  EXPECT_EQ(geometry.wire.front().y_um, 10.0);
  EXPECT_EQ(geometry.wire.front().z_um, 20.0);
}

TEST(ScanGeometry, AWireAcrossXIsNoReasonForNaN) {
  BeamlineGeometry b = beamline();
  // Perpendicular to x, in directions for which rounding puts the sine above 1.
  for (int step = 0; step < 360; ++step) {
    double const angle = step * std::numbers::pi / 180.0;
    b.wire.rotation_rad = {angle, 0.0, 0.0};
    b.wire.axis = {0.0, std::cos(3.0 * angle), std::sin(3.0 * angle)};
    auto const geometry = make_scan_geometry(b, region(), {});
    EXPECT_TRUE(std::isfinite(geometry.pixels.origin_um.x)) << step;
    EXPECT_NEAR(norm(geometry.beam), 1.0, 1e-12) << step;
  }
}

TEST(Rotation, IsAboutItsVector) {
  Matrix3 const quarter = rotation_matrix({0.0, 0.0, std::numbers::pi / 2.0});
  expect_near(quarter * Vec3{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, 1e-15);
  expect_near(transposed(quarter) * (quarter * Vec3{1.0, 2.0, 3.0}), {1.0, 2.0, 3.0}, 1e-15);
  expect_near(rotation_matrix({}) * Vec3{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}, 0.0);
}

}  // namespace
}  // namespace lauebench
