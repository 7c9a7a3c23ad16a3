#include "kokkos_kernels/depth_window.hpp"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

using Stored = std::vector<std::pair<int, double>>;

struct Store {
  Stored* stored;
  void operator()(int m, double value) const { stored->emplace_back(m, value); }
};

using Window = DepthWindow<double, Store>;

TEST(DepthWindow, HandsOutEachBinOnceWithTheRunningSum) {
  Stored stored;
  Window window(WindowMode::slides, {&stored});
  window.add(1, 2.0);
  window.add(3, 4.0);
  window.add(1, 1.0);
  EXPECT_TRUE(stored.empty());
  window.add(Window::width + 1, 8.0);
  EXPECT_EQ(stored, (Stored{{0, 0.0}, {1, 3.0}}));
  window.finish_to(5);
  EXPECT_EQ(stored, (Stored{{0, 0.0}, {1, 3.0}, {2, 3.0}, {3, 7.0}, {4, 7.0}}));
  EXPECT_FALSE(window.came_back());
}

TEST(DepthWindow, TellsWhenSomethingComesToAFinishedBin) {
  Stored stored;
  Window window(WindowMode::slides, {&stored});
  window.add(Window::width + 1, 1.0);
  window.add(2, 1.0);
  EXPECT_FALSE(window.came_back());
  window.add(1, 1.0);
  EXPECT_TRUE(window.came_back());
}

TEST(DepthWindow, OneThatStaysTakesItsPartAlone) {
  Stored stored;
  Window window(WindowMode::stays, {&stored});
  std::vector<std::pair<int, double>> const walk{{40, 1.0}, {3, 2.0}, {Window::width, 4.0}, {1, 8.0}};
  for (int pass = 0; pass < 2; ++pass) {
    for (auto const& [m, part] : walk) {
      window.add(m, part);
    }
    window.finish_to(window.first() + Window::width);
  }
  ASSERT_EQ(stored.size(), 2U * Window::width);
  EXPECT_EQ(stored[0].second, 0.0);
  EXPECT_EQ(stored[1].second, 8.0);
  EXPECT_EQ(stored[3].second, 10.0);
  EXPECT_EQ(stored[Window::width].second, 14.0);
  EXPECT_EQ(stored[40].second, 15.0);
}

}  // namespace
}  // namespace lauebench::kernels
