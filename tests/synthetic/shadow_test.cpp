#include "synthetic/shadow.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The definition itself, on a fine grid over the pixel and the depth interval.
double by_numbers(PixelEdgeDepths const& leading, PixelEdgeDepths const& trailing, double start_um, double end_um) {
  constexpr int parts = 2000;
  int passing = 0;
  for (int i = 0; i < parts; ++i) {
    double const u = (i + 0.5) / parts;
    double const lead = leading.front_um + u * (leading.back_um - leading.front_um);
    double const trail = trailing.front_um + u * (trailing.back_um - trailing.front_um);
    for (int k = 0; k < parts; ++k) {
      double const x = start_um + (k + 0.5) / parts * (end_um - start_um);
      passing += x > trail && x < lead ? 0 : 1;
    }
  }
  return static_cast<double>(passing) / parts / parts;
}

struct ShadowCase {
  PixelEdgeDepths leading;
  PixelEdgeDepths trailing;
  double start_um;
  double end_um;
};

class TransmittedFraction : public testing::TestWithParam<ShadowCase> {};

TEST_P(TransmittedFraction, EqualsNumericalIntegration) {
  auto const& [leading, trailing, start_um, end_um] = GetParam();
  EXPECT_NEAR(transmitted_fraction(leading, trailing, start_um, end_um),
              by_numbers(leading, trailing, start_um, end_um), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Cases, TransmittedFraction,
                         testing::Values(ShadowCase{{10.0, 10.4}, {-90.0, -89.6}, 8.0, 12.0},  // leading edge inside
                                         ShadowCase{{10.4, 10.0}, {-89.6, -90.0}, 8.0, 12.0},  // the other way round
                                         ShadowCase{{8.0, 14.0}, {-90.0, -84.0}, 10.0, 11.0},  // pixel wider than grain
                                         ShadowCase{{9.0, 10.5}, {-90.0, -89.0}, 10.0, 11.0},  // half of the ramp
                                         ShadowCase{{10.5, 12.0}, {-90.0, -89.0}, 10.0, 11.0},   // other half
                                         ShadowCase{{110.0, 110.3}, {9.9, 10.2}, 8.0, 12.0},     // trailing edge inside
                                         ShadowCase{{11.0, 11.3}, {9.0, 9.3}, 8.0, 12.0},        // both edges inside
                                         ShadowCase{{10.0, 10.0}, {-90.0, -90.0}, 9.0, 13.0}));  // no pixel width

TEST(TransmittedFractionLimits, AreExactOutsideTheRamp) {
  PixelEdgeDepths const trailing{-90.0, -89.9};
  EXPECT_EQ(transmitted_fraction({7.9, 8.0}, trailing, 8.0, 12.0), 1.0);
  EXPECT_EQ(transmitted_fraction({12.0, 12.1}, trailing, 8.0, 12.0), 0.0);
  EXPECT_EQ(transmitted_fraction({120.0, 120.1}, {12.0, 12.1}, 8.0, 12.0), 1.0);
}

TEST(TransmittedFractionLimits, ThinGrainSeesTheRampItself) {
  EXPECT_DOUBLE_EQ(transmitted_fraction({10.0, 12.0}, {-90.0, -88.0}, 10.5, 10.5), 0.25);
}

TEST(TransmittedFractionLimits, PixelInsideTheWireGetsNothing) {
  EXPECT_EQ(transmitted_fraction({not_a_number, 1.0}, {-90.0, -89.0}, 8.0, 12.0), 0.0);
  EXPECT_EQ(transmitted_fraction({0.0, 1.0}, {-90.0, not_a_number}, 8.0, 12.0), 0.0);
}

TEST(RampIntegral, IsTheIntegralOfTheRamp) {
  EXPECT_DOUBLE_EQ(ramp_integral(1.0, 2.0, 4.0), 0.0);
  EXPECT_DOUBLE_EQ(ramp_integral(3.0, 2.0, 4.0), 0.25);
  EXPECT_DOUBLE_EQ(ramp_integral(4.0, 2.0, 4.0), 1.0);
  EXPECT_DOUBLE_EQ(ramp_integral(7.0, 2.0, 4.0), 4.0);
  EXPECT_DOUBLE_EQ(ramp_integral(7.0, 4.0, 4.0), 3.0);
}

}  // namespace
}  // namespace lauebench
