#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "io/scan_truth.hpp"
#include "kokkos_kernels/wire_geometry.hpp"
#include "support/temporary_folder.hpp"
#include "synthetic/generate.hpp"
#include "synthetic_fixture.hpp"

namespace lauebench {
namespace {

using test::read_images;
using test::small_scan;
using test::TemporaryFolder;

/// What covers the beam from one wire position to the next, for one pixel: the trapezoid of the reconstruction.
struct CoveredDepths {
  double ps_um;  ///< front edge, before
  double fs_um;  ///< back edge, before
  double fe_um;  ///< front edge, after
  double pe_um;  ///< back edge, after

  [[nodiscard]] double low() const { return std::min(ps_um, fs_um); }
  [[nodiscard]] double high() const { return std::max(fe_um, pe_um); }
  [[nodiscard]] double middle() const { return (ps_um + fs_um + fe_um + pe_um) / 4.0; }
};

CoveredDepths covered_depths(ScanGeometry const& geometry, int row, int column, std::size_t image) {
  auto const leading = make_depth_formula(geometry.wire_radius_um, geometry.beam, TangentSide::leading);
  Vec3 const back = pixel_position(geometry.pixels, row, column - 0.5);
  Vec3 const front = pixel_position(geometry.pixels, row, column + 0.5);
  auto const depth = [&](Vec3 const& point, std::size_t at) {
    return edge_depth_um(point.y, point.z, geometry.wire[at], leading);
  };
  return {depth(front, image), depth(back, image), depth(front, image + 1), depth(back, image + 1)};
}

/// One pixel of a noise-free scan in which grains do not overlap.
struct SpotPixel {
  GrainTruth grain;
  int row = 0;
  int column = 0;

  [[nodiscard]] double signal() const {
    double const distance_squared = std::pow(row - grain.row, 2) + std::pow(column - grain.column, 2);
    return grain.amplitude_counts * std::exp(-distance_squared / (2.0 * grain.sigma_px * grain.sigma_px));
  }
};

void expect_resolved(SpotPixel const& pixel, ScanGeometry const& geometry, std::vector<double> const& series) {
  double sum = 0.0;
  double first_moment = 0.0;
  for (std::size_t image = 0; image + 1 < series.size(); ++image) {
    double const difference = series[image] - series[image + 1];
    CoveredDepths const covered = covered_depths(geometry, pixel.row, pixel.column, image);
    double const overlap =
        std::min(covered.high(), pixel.grain.depth_end_um) - std::max(covered.low(), pixel.grain.depth_start_um);
    // Where only a hair of the interval is touched the difference drowns in rounding.
    constexpr double hair_um = 1e-3;
    if (overlap <= 0.0) {
      EXPECT_EQ(difference, 0.0) << "image " << image;
    } else if (overlap > hair_um) {
      EXPECT_GT(difference, 0.0) << "image " << image;
    }
    sum += difference;
    first_moment += difference * covered.middle();
  }
  EXPECT_NEAR(sum, pixel.signal(), 1e-9 * pixel.grain.amplitude_counts);
  // Differences fall into whole steps, so that the mean depth is known to less than half of one.
  EXPECT_NEAR(first_moment / sum, (pixel.grain.depth_start_um + pixel.grain.depth_end_um) / 2.0, 0.5);
}

// What goes in comes out, at its depth: checked with the plain formula for the pixels around each spot's centre.
void expect_truth_recovered(GenerateConfig config) {
  config.element_type = ElementType::float64;
  config.noise = CountNoise::none;
  generate_scan(config);
  auto const truth = read_scan_truth(config.output);
  ASSERT_TRUE(truth.has_value());
  auto const images = read_images<double>(config.output);
  ScanGeometry const geometry = test::geometry_of(config.output, config.detector);
  auto const frame_values = static_cast<std::size_t>(config.rows) * static_cast<std::size_t>(config.columns);
  for (GrainTruth const& grain : truth->grains) {
    for (auto const& [row_offset, column_offset] : {std::pair{0, 0}, std::pair{1, -2}, std::pair{-2, 1}}) {
      SpotPixel const pixel{grain, static_cast<int>(std::lround(grain.row)) + row_offset,
                            static_cast<int>(std::lround(grain.column)) + column_offset};
      SCOPED_TRACE(testing::Message() << "pixel " << pixel.row << ", " << pixel.column);
      std::vector<double> series;
      for (std::size_t image = 0; image < geometry.wire.size(); ++image) {
        series.push_back(
            images[image * frame_values + static_cast<std::size_t>(pixel.row * config.columns + pixel.column)]);
      }
      expect_resolved(pixel, geometry, series);
    }
  }
}

TEST(GeneratedTruth, IsInTheDataOfTheMainDetector) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "scan.h5");
  config.images = 120;
  config.rows = 120;
  config.columns = 130;
  expect_truth_recovered(config);
}

TEST(GeneratedTruth, IsInTheDataOfASideDetectorWithBinning) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "scan.h5");
  config.detector = 1;
  config.images = 160;
  config.rows = 120;
  config.columns = 130;
  config.bin_x = 2;
  config.bin_y = 3;
  expect_truth_recovered(config);
}

}  // namespace
}  // namespace lauebench
