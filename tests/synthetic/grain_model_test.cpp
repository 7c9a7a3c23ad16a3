#include "synthetic/grain_model.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

GrainDraw draw_of(int grains) { return {grains, 256, 300, {-20.0, 80.0}, 1000.0, 42}; }

TEST(GrainModel, GrainsLieInsideImageAndDepthRange) {
  auto const grains = draw_grains(draw_of(500));
  ASSERT_EQ(grains.size(), 500U);
  for (GrainTruth const& grain : grains) {
    EXPECT_GE(grain.row, 3.0 * grain.sigma_px);
    EXPECT_LE(grain.row, 255.0 - 3.0 * grain.sigma_px);
    EXPECT_GE(grain.column, 3.0 * grain.sigma_px);
    EXPECT_LE(grain.column, 299.0 - 3.0 * grain.sigma_px);
    EXPECT_GE(grain.sigma_px, 1.5);
    EXPECT_LE(grain.sigma_px, 4.0);
    EXPECT_GE(grain.amplitude_counts, 300.0);
    EXPECT_LE(grain.amplitude_counts, 1000.0);
    EXPECT_GE(grain.depth_start_um, -18.0);
    EXPECT_LE(grain.depth_end_um, 78.0);
    EXPECT_GE(grain.depth_end_um - grain.depth_start_um, 2.0);
    EXPECT_LE(grain.depth_end_um - grain.depth_start_um, 8.0);
  }
}

TEST(GrainModel, FewGrainsAreKeptApart) {
  auto const grains = draw_grains(draw_of(12));
  for (std::size_t a = 0; a < grains.size(); ++a) {
    for (std::size_t b = a + 1; b < grains.size(); ++b) {
      double const reach = spot_reach_sigmas * (grains[a].sigma_px + grains[b].sigma_px);
      EXPECT_TRUE(std::abs(grains[a].row - grains[b].row) > reach ||
                  std::abs(grains[a].column - grains[b].column) > reach)
          << a << " and " << b;
    }
  }
}

TEST(GrainModel, SeedDecides) {
  auto draw = draw_of(5);
  auto const first = draw_grains(draw);
  auto const again = draw_grains(draw);
  draw.seed = 43;
  auto const other = draw_grains(draw);
  for (std::size_t grain = 0; grain < first.size(); ++grain) {
    EXPECT_EQ(first[grain].row, again[grain].row);
    EXPECT_EQ(first[grain].depth_start_um, again[grain].depth_start_um);
    EXPECT_NE(first[grain].row, other[grain].row);
  }
}

TEST(GrainModel, FitsIntoAnImageOfOnePixel) {
  auto const grains = draw_grains({3, 1, 1, {0.0, 10.0}, 100.0, 1});
  ASSERT_EQ(grains.size(), 3U);
  for (GrainTruth const& grain : grains) {
    EXPECT_EQ(grain.row, 0.0);
    EXPECT_EQ(grain.column, 0.0);
    EXPECT_GT(grain.sigma_px, 0.0);
  }
}

}  // namespace
}  // namespace lauebench
