#include "config/depth_grid.hpp"

#include <gmock/gmock.h>

#include "command_line_helper.hpp"

namespace lauebench {
namespace {

using test::message_of;
using testing::StartsWith;

TEST(DepthGrid, CountsBothEnds) {
  auto const grid = make_depth_grid({0.0, 100.0}, 1.0);
  EXPECT_EQ(grid.start_um, 0.0);
  EXPECT_EQ(grid.resolution_um, 1.0);
  EXPECT_EQ(grid.count, 101);
  EXPECT_EQ(make_depth_grid({-30.0, 40.0}, 0.5).count, 141);
}

TEST(DepthGrid, RoundsEndsToMultiplesHalfAwayFromZero) {
  auto const grid = make_depth_grid({-0.5, 2.5}, 1.0);
  EXPECT_EQ(grid.start_um, -1.0);
  EXPECT_EQ(grid.count, 5);  // -1 .. 3
  auto const inner = make_depth_grid({0.4, 0.6}, 1.0);
  EXPECT_EQ(inner.start_um, 0.0);
  EXPECT_EQ(inner.count, 2);
  EXPECT_EQ(make_depth_grid({0.1, 0.2}, 1.0).count, 1);
}

TEST(DepthGrid, StepsThatAreNoBinaryFractionsCountRight) {
  auto const grid = make_depth_grid({0.3, 10.0}, 0.1);
  EXPECT_EQ(grid.count, 98);
  EXPECT_DOUBLE_EQ(grid.start_um, 0.3);
  EXPECT_DOUBLE_EQ(grid.depth_um(grid.count - 1), 10.0);
}

TEST(DepthGrid, RefusesWhatMakesNoGrid) {
  EXPECT_THAT(message_of([] {
                return make_depth_grid({10.0, 0.0}, 1.0);
              }),
              StartsWith("depth range 10:0 um (it ends before it starts): "));
  EXPECT_THAT(message_of([] {
                return make_depth_grid({0.0, 1.0}, 0.0);
              }),
              StartsWith("resolution 0 um (not above 0): "));
  EXPECT_EQ(make_depth_grid({0.0, 9'999'999.0}, 1.0).count, max_depth_images);
  EXPECT_THAT(message_of([] {
                return make_depth_grid({0.0, 10'000'000.0}, 1.0);
              }),
              StartsWith("depth range 0:10000000 um at resolution 1 um (1e+07 depth images, at most 10000000 "));
  EXPECT_THAT(message_of([] {
                return make_depth_grid({-1e300, 1e300}, 1e-300);
              }),
              StartsWith("depth range -1e+300:1e+300 um at "));
}

}  // namespace
}  // namespace lauebench
