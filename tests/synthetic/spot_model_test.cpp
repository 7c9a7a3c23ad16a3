#include "synthetic/spot_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "synthetic/grain_model.hpp"
#include "synthetic/wire_path.hpp"
#include "synthetic_fixture.hpp"

namespace lauebench {
namespace {

constexpr int rows = 30;
constexpr int columns = 40;

ScanGeometry small_geometry() {
  auto const beamline = read_geometry(test::shipped_geometry(), 0);
  DetectorRegion const region{1000, 1000, 1, 1, 1000 + columns - 1, 1000 + rows - 1, 2048, 2048};
  WirePath const path = plan_wire_path({beamline, region, rows, columns, {0.0, 40.0}, 80, std::nullopt});
  return make_scan_geometry(beamline, region, path.raw_um);
}

double gaussian(GrainTruth const& grain, int row, int column) {
  double const distance_squared = std::pow(row - grain.row, 2) + std::pow(column - grain.column, 2);
  return grain.amplitude_counts * std::exp(-distance_squared / (2.0 * grain.sigma_px * grain.sigma_px));
}

std::vector<GrainTruth> two_overlapping_grains() {
  return {{12.3, 14.8, 2.0, 500.0, 10.0, 14.0}, {15.9, 20.1, 1.6, 900.0, 22.0, 23.0}};
}

TEST(SpotModel, UnshadedPixelsHoldBackgroundAndGaussians) {
  auto const grains = two_overlapping_grains();
  SpotModel const model(small_geometry(), rows, columns, grains, 3.0);
  std::vector<double> expected(model.pixels().size());
  model.expect(std::nullopt, 0, rows, expected);
  ASSERT_FALSE(expected.empty());
  // Beyond the reach of its own box a spot of the other one is left out.
  double const cut_off = (500.0 + 900.0) * std::exp(-0.5 * spot_reach_sigmas * spot_reach_sigmas);
  for (std::size_t index = 0; index < expected.size(); ++index) {
    int const row = static_cast<int>(model.pixels()[index]) / columns;
    int const column = static_cast<int>(model.pixels()[index]) % columns;
    EXPECT_NEAR(expected[index], 3.0 + gaussian(grains[0], row, column) + gaussian(grains[1], row, column), cut_off);
  }
}

TEST(SpotModel, PixelsAreAscendingAndIndexedByRow) {
  SpotModel const model(small_geometry(), rows, columns, two_overlapping_grains(), 3.0);
  auto const pixels = model.pixels();
  for (std::size_t index = 1; index < pixels.size(); ++index) {
    ASSERT_LT(pixels[index - 1], pixels[index]);
  }
  for (std::uint32_t row = 0; row <= rows; ++row) {
    auto const first = model.first_pixel_of_row(row);
    EXPECT_TRUE(first == pixels.size() || pixels[first] >= row * columns);
    EXPECT_TRUE(first == 0 || pixels[first - 1] < row * columns);
  }
}

TEST(SpotModel, RowsCanBeComputedApart) {
  ScanGeometry const geometry = small_geometry();
  SpotModel const model(geometry, rows, columns, two_overlapping_grains(), 3.0);
  WirePosition const wire = geometry.wire[40];
  std::vector<double> whole(model.pixels().size());
  std::vector<double> in_parts(model.pixels().size(), -1.0);
  model.expect(wire, 0, rows, whole);
  for (int row = 0; row < rows; row += 7) {
    model.expect(wire, row, std::min(7, rows - row), in_parts);
  }
  EXPECT_EQ(in_parts, whole);
}

// The shadow computed afresh for one pixel: same depth formula, other bookkeeping.
TEST(SpotModel, ShadowIsThatOfThePixelsOwnEdges) {
  ScanGeometry const geometry = small_geometry();
  GrainTruth const grain{12.0, 15.0, 1.0, 1000.0, 18.0, 22.0};
  SpotModel const model(geometry, rows, columns, {grain}, 0.0);
  auto const leading = make_depth_formula(geometry.wire_radius_um, geometry.beam, TangentSide::leading);
  auto const trailing = make_depth_formula(geometry.wire_radius_um, geometry.beam, TangentSide::trailing);
  int partly_shaded = 0;
  for (WirePosition const& wire : geometry.wire) {
    std::vector<double> expected(model.pixels().size());
    model.expect(wire, 0, rows, expected);
    for (std::size_t index = 0; index < expected.size(); ++index) {
      int const row = static_cast<int>(model.pixels()[index]) / columns;
      int const column = static_cast<int>(model.pixels()[index]) % columns;
      Vec3 const back = pixel_position(geometry.pixels, row, column - 0.5);
      Vec3 const front = pixel_position(geometry.pixels, row, column + 0.5);
      double const fraction = transmitted_fraction(
          {edge_depth_um(front.y, front.z, wire, leading), edge_depth_um(back.y, back.z, wire, leading)},
          {edge_depth_um(front.y, front.z, wire, trailing), edge_depth_um(back.y, back.z, wire, trailing)}, 18.0, 22.0);
      ASSERT_NEAR(expected[index], fraction * gaussian(grain, row, column), 1e-6);
      partly_shaded += fraction > 0.0 && fraction < 1.0 ? 1 : 0;
    }
  }
  EXPECT_GT(partly_shaded, 100);
}

TEST(SpotModel, SpotsBesideTheImageAndNoSpotsAreFine) {
  SpotModel const beside(small_geometry(), rows, columns, {{-50.0, 10.0, 1.0, 100.0, 1.0, 2.0}}, 3.0);
  EXPECT_TRUE(beside.pixels().empty());
  SpotModel const none(small_geometry(), rows, columns, {}, 3.0);
  EXPECT_TRUE(none.pixels().empty());
  EXPECT_EQ(none.first_pixel_of_row(rows), 0U);
}

/// The known scatterers of a golden case.
std::vector<GrainTruth> golden_grains(nlohmann::json const& description) {
  std::vector<GrainTruth> grains;
  for (auto const& grain : description.at("grains")) {
    grains.push_back(
        {grain.at("row"), grain.at("col"), grain.at("sigma"), grain.at("amp"), grain.at("d0"), grain.at("d1")});
  }
  return grains;
}

/// Sum over all images and all pixels of spots of (count - expected)^2 / expected, the Poisson variance, and the number
/// of terms.
struct Deviation {
  double chi_square = 0.0;
  double terms = 0.0;
};

Deviation deviation_from_model(std::filesystem::path const& folder, double background_counts) {
  auto const description = nlohmann::json::parse(std::ifstream(folder / "case.json"));
  ScanReader reader(folder / "scan.h5");
  ScanInfo const& info = reader.info();
  auto const geometry = make_scan_geometry(read_geometry(folder / "geometry.xml", description.at("detector_number")),
                                           info.region, info.wire_raw_um);
  SpotModel const model(geometry, info.rows, info.columns, golden_grains(description), background_counts);
  auto const counts = test::read_images<std::uint16_t>(folder / "scan.h5");
  auto const frame_values = static_cast<std::size_t>(info.rows) * static_cast<std::size_t>(info.columns);
  std::vector<double> expected(model.pixels().size());
  Deviation deviation;
  for (std::size_t image = 0; image < geometry.wire.size(); ++image) {
    model.expect(geometry.wire[image], 0, info.rows, expected);
    for (std::size_t index = 0; index < expected.size(); ++index) {
      double const difference = counts[image * frame_values + model.pixels()[index]] - expected[index];
      deviation.chi_square += difference * difference / expected[index];
    }
    deviation.terms += static_cast<double>(expected.size());
  }
  return deviation;
}

class GoldenScan : public testing::TestWithParam<char const*> {};

// The golden scans were made by an independent program: leading and trailing edge, side detector, binning, thin wire.
// They differ from this model by nothing but their Poisson noise. Their background is not in their description; it is
// 40 counts.
TEST_P(GoldenScan, IsWhatTheModelExpects) {
  auto const deviation = deviation_from_model(std::filesystem::path(LAUEBENCH_TEST_DATA) / "golden" / GetParam(), 40.0);
  ASSERT_GT(deviation.terms, 200000.0);
  // The variance of one term is 2 + 1 / mean, the mean being at least the background.
  EXPECT_NEAR(deviation.chi_square, deviation.terms, 5.0 * std::sqrt((2.0 + 1.0 / 40.0) * deviation.terms));
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenScan,
                         testing::Values("leading_u16", "trailing_u16", "both_edges_int32", "side_detector_1",
                                         "roi_binned_half_micron", "old_52um_wire_2013"),
                         [](auto const& golden) { return std::string(golden.param); });

}  // namespace
}  // namespace lauebench
