#include "io/found_images.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "config/depth_grid.hpp"
#include "expect_error.hpp"

namespace lauebench {
namespace {

TEST(GridOf, GivesTheDepthsOfAReconstructionBackToTheLastBit) {
  for (auto const& [range, resolution_um] :
       {std::pair(DepthRange{0.0, 100.0}, 1.0), std::pair(DepthRange{-30.1, 41.7}, 0.7),
        std::pair(DepthRange{0.1, 300.0}, 0.1), std::pair(DepthRange{-5.0, 5.0}, 1.0 / 3.0),
        std::pair(DepthRange{2.0, 2.0}, 0.3)}) {
    DepthGrid const grid = make_depth_grid(range, resolution_um);
    std::vector<double> depths_um;
    depths_um.reserve(static_cast<std::size_t>(grid.count));
    for (int m = 0; m < grid.count; ++m) {
      depths_um.push_back(grid.depth_um(m));
    }
    DepthGrid const found = grid_of(depths_um, "problem");
    ASSERT_EQ(found.count, grid.count);
    for (int m = 0; m < grid.count; ++m) {
      EXPECT_EQ(found.depth_um(m), grid.depth_um(m)) << m << " of " << resolution_um;
    }
  }
}

TEST(GridOf, RefusesDepthsOfSeveralDistances) {
  test::expect_error(
      [] {
        static_cast<void>(grid_of({0.0, 1.0, 2.1}, "problem"));
      },
      ReturnCode::bad_input, {"problem", "not evenly spaced"});
  test::expect_error(
      [] {
        static_cast<void>(grid_of({1.0, 1.0, 1.0}, "problem"));
      },
      ReturnCode::bad_input, {"not evenly spaced"});
}

}  // namespace
}  // namespace lauebench
