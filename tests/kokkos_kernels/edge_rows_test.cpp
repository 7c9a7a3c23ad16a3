#include "kokkos_kernels/edge_rows.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

constexpr int lanes = 16;

// pixels of 0.2 mm, 510 mm above the sample: the main detector of 34-ID-E, seen by a wire 0.4 mm above the sample
ResolveConstants main_detector(int images) {
  ReconstructionJob job;
  job.geometry.pixels = {{-200000.0, 510000.0, -200000.0}, {200.0, 0.5, -0.7}, {-0.7, 2.5, 200.0}};
  job.geometry.wire_radius_um = 26.0;
  job.geometry.beam = {0.0, 0.0, 1.0};
  job.geometry.wire.assign(static_cast<std::size_t>(images), {});
  job.depths = {0.0, 0.5, 100};
  return make_resolve_constants(job);
}

std::vector<WirePosition> scan_of(int images) {
  std::vector<WirePosition> wire;
  wire.reserve(static_cast<std::size_t>(images));
  for (int k = 0; k < images; ++k) {
    wire.push_back({400.0 + 0.02 * k, -40.0 + 0.7 * k});
  }
  return wire;
}

/// The formula in the widest arithmetic there is, bin coordinates.
long double exact(ResolveConstants const& constants, WirePosition const& wire, int row, double column) {
  PixelGrid const& grid = constants.pixels;
  DepthFormula const& formula = constants.formula[0];
  long double const y = grid.origin_um.y + static_cast<long double>(row) * grid.per_row_um.y +
                        static_cast<long double>(column) * grid.per_column_um.y;
  long double const z = grid.origin_um.z + static_cast<long double>(row) * grid.per_row_um.z +
                        static_cast<long double>(column) * grid.per_column_um.z;
  long double const dy = wire.y_um - y;
  long double const dz = wire.z_um - z;
  long double const tangent = std::sqrt(dy * dy + dz * dz - formula.radius_squared);
  long double const num = dz * tangent + formula.signed_radius * dy;
  long double const den = dy * tangent - formula.signed_radius * dz;
  long double const depth = (z * den - y * num) / (den - num * formula.beam_slope) * formula.beam_scale;
  return (depth - constants.depth_start_um) * constants.per_resolution + 0.5L;
}

class EdgeOfRows : public testing::Test {
 protected:
  void compute(ResolveConstants const& constants, std::vector<WirePosition> const& wire, int row, double column) {
    depth_.resize(wire.size() * lanes);
    bounds_.resize(wire.size());
    std::vector<double> scratch(EdgeRows<lanes>::scratch_doubles(wire.size()));
    EdgeRows<lanes> const rows(constants, wire.data(), scratch.data());
    rows.compute(constants.formula[0], row, column, {depth_.data(), bounds_.data()});
  }

  /// Greatest distance from the formula, in bins; checks that bounds hold all lanes.
  double error(ResolveConstants const& constants, std::vector<WirePosition> const& wire, int row, double column) {
    compute(constants, wire, row, column);
    double greatest = 0.0;
    for (std::size_t k = 0; k < wire.size(); ++k) {
      for (int lane = 0; lane < lanes; ++lane) {
        double const depth = depth_[k * lanes + static_cast<std::size_t>(lane)];
        greatest =
            std::fmax(greatest, std::abs(static_cast<double>(depth - exact(constants, wire[k], row + lane, column))));
        EXPECT_LE(bounds_[k].low, depth) << "image " << k << ", lane " << lane;
        EXPECT_GE(bounds_[k].high, depth) << "image " << k << ", lane " << lane;
      }
    }
    return greatest;
  }

  std::vector<double> depth_;
  std::vector<Bounds> bounds_;
};

TEST_F(EdgeOfRows, FollowTheFormulaOnTheMainDetector) {
  auto const wire = scan_of(201);
  ResolveConstants const constants = main_detector(201);
  for (int const row : {0, 16, 1024, 2032}) {
    for (double const column : {-0.5, 700.5, 2047.5}) {
      EXPECT_LT(error(constants, wire, row, column), 5e-10) << "row " << row << ", column " << column;
    }
  }
}

TEST_F(EdgeOfRows, FollowTheFormulaWhereDepthMovesWithTheRow) {
  auto const wire = scan_of(51);
  ResolveConstants constants = main_detector(51);
  constants.pixels.per_row_um = {150.0, 20.0, 130.0};  // as on a side detector: microns of depth from row to row
  EXPECT_LT(error(constants, wire, 512, 1000.5), 1e-9);
}

// rows of 30 mm: the fit misses the formula by far, which the sixth evaluation has to notice
TEST_F(EdgeOfRows, AreEvaluatedOneByOneWhereTheyAreNotSmooth) {
  auto const wire = scan_of(33);
  ResolveConstants constants = main_detector(33);
  constants.pixels.per_row_um = {0.0, 0.0, 30000.0};
  EXPECT_LT(error(constants, wire, 0, 100.5), 1e-8);
}

TEST_F(EdgeOfRows, ThatLieInsideTheWireAreNotNumbersAndTheOthersKeepTheirDepth) {
  std::vector<WirePosition> wire = scan_of(8);
  ResolveConstants constants = main_detector(8);
  constants.pixels.per_row_um = {0.0, 0.0, 200.0};  // only one row near the wire
  Vec3 const inside = pixel_position(constants.pixels, 3, 10.5);
  wire[5] = {inside.y + 1.0, inside.z + 1.0};
  compute(constants, wire, 0, 10.5);
  for (std::size_t k = 0; k < wire.size(); ++k) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      bool const is_inside = k == 5 && lane == 3;
      EXPECT_EQ(std::isnan(depth_[k * lanes + lane]), is_inside) << "image " << k << ", lane " << lane;
    }
    EXPECT_EQ(std::isnan(bounds_[k].low) && std::isnan(bounds_[k].high), k == 5) << "image " << k;
  }
}

TEST_F(EdgeOfRows, OfAWireAtNoPlaceAreNotNumbers) {
  std::vector<WirePosition> wire = scan_of(4);
  wire[2].y_um = std::nan("");
  compute(main_detector(4), wire, 0, 10.5);
  EXPECT_TRUE(std::isnan(bounds_[2].low));
  EXPECT_NEAR(depth_[lanes], static_cast<double>(exact(main_detector(4), wire[1], 0, 10.5)), 1e-9);
}

}  // namespace
}  // namespace lauebench::kernels
