#include "bench/grain_recovery.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "depth_images.hpp"

namespace lauebench {
namespace {

constexpr int rows = 40;
constexpr int columns = 50;
constexpr DepthGrid depths{10.0, 0.5, 41};  // 10 to 30 um

GrainTruth grain_at(double row, double column, double depth_start_um = 15.0, double depth_end_um = 17.0) {
  return {row, column, 2.0, 1000.0, depth_start_um, depth_end_um};
}

std::size_t judgeable(std::vector<GrainTruth> const& grains) {
  return judgeable_grains(grains, depths, rows, columns).size();
}

TEST(JudgeableGrains, LieWithinTheDepthsAndTheImage) {
  EXPECT_EQ(judgeable({grain_at(20, 20)}), 1U);
  EXPECT_EQ(judgeable({grain_at(20, 20, 10.0, 30.0)}), 1U);
  EXPECT_EQ(judgeable({grain_at(20, 20, 9.9, 12.0)}), 0U);
  EXPECT_EQ(judgeable({grain_at(20, 20, 29.0, 30.1)}), 0U);
  EXPECT_EQ(judgeable({grain_at(4, 4)}), 1U) << "two sigmas to the border's pixels";
  EXPECT_EQ(judgeable({grain_at(35, 45)}), 1U);
  EXPECT_EQ(judgeable({grain_at(3.9, 20)}), 1U) << "no pixel's centre beyond it lies within two sigmas";
  EXPECT_EQ(judgeable({grain_at(2.9, 20)}), 0U);
  EXPECT_EQ(judgeable({grain_at(20, 2.9)}), 0U);
  EXPECT_EQ(judgeable({grain_at(36.1, 20)}), 0U);
  EXPECT_EQ(judgeable({grain_at(20, 46.1)}), 0U);
}

TEST(JudgeableGrains, HaveCounts) {
  GrainTruth dark = grain_at(20, 20);
  dark.amplitude_counts = 0.0;
  EXPECT_EQ(judgeable({dark}), 0U);
  GrainTruth between_pixels = grain_at(20.5, 20.5);
  between_pixels.sigma_px = 0.1;
  EXPECT_EQ(judgeable({between_pixels}), 0U);
}

TEST(JudgeableGrains, AreReachedByNoOtherSpot) {
  // 2 sigmas of the one and 5 of the other are 14 pixels
  EXPECT_EQ(judgeable({grain_at(10, 10), grain_at(10, 23.9), grain_at(30, 30)}), 1U);
  EXPECT_EQ(judgeable({grain_at(10, 10), grain_at(10, 24.1)}), 2U);
  EXPECT_EQ(judgeable({grain_at(10, 10), grain_at(10, 10)}), 0U);
  EXPECT_EQ(judgeable({grain_at(10, 10), grain_at(10, 12, 50.0, 60.0)}), 0U)
      << "out of the depths, but not of the image";
}

TEST(GrainRecovery, FindsCountsAndDepthOfEachGrain) {
  test::TemporaryFolder const folder;
  std::vector const grains{grain_at(10, 12), grain_at(25, 30.5, 20.0, 26.0)};
  // 0.8 of the first spot, a quarter of it half a micrometre deeper; 1.1 of the second one
  auto const images = test::write_depth_images(folder, depths, rows, columns, [&grains](int m, int row, int column) {
    auto const spot = [row, column](GrainTruth const& grain) {
      double const distance = std::hypot(row - grain.row, column - grain.column) / grain.sigma_px;
      return grain.amplitude_counts * std::exp(-0.5 * distance * distance);
    };
    return (m == 12 ? 0.6 * spot(grains[0]) : 0.0) + (m == 13 ? 0.2 * spot(grains[0]) : 0.0) +
           (m == 26 ? 1.1 * spot(grains[1]) : 0.0);
  });
  auto const found = recover_grains(images, depths, grains);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].true_depth_um, 16.0);
  EXPECT_NEAR(found[0].depth_um.value(), 16.125, 1e-9);
  EXPECT_NEAR(found[0].counts / found[0].expected_counts, 0.8, 1e-6);
  EXPECT_EQ(found[0].pixels, 49) << "whole numbers (x, y) with x^2 + y^2 <= 4^2";
  EXPECT_EQ(found[1].true_depth_um, 23.0);
  EXPECT_NEAR(found[1].depth_um.value(), 23.0, 1e-9);
  EXPECT_NEAR(found[1].counts / found[1].expected_counts, 1.1, 1e-6);
}

TEST(GrainRecovery, WithoutCountsThereIsNoDepth) {
  test::TemporaryFolder const folder;
  auto const images = test::write_depth_images(folder, depths, rows, columns,
                                               [](int m, int /*row*/, int /*column*/) { return m == 3 ? -1.0 : 0.0; });
  auto const found = recover_grains(images, depths, std::vector{grain_at(10, 12)});
  EXPECT_EQ(found.at(0).counts, -49.0);
  EXPECT_FALSE(found.at(0).depth_um);
}

}  // namespace
}  // namespace lauebench
