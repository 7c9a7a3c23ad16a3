#include "kokkos_kernels/busy_time.hpp"

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

TEST(BusyTime, CountsWhatOverlapsOnce) {
  EXPECT_EQ(busy_time_s({}), 0.0);
  EXPECT_EQ(busy_time_s({{1.0, 3.0}}), 2.0);
  EXPECT_EQ(busy_time_s({{4.0, 5.0}, {1.0, 3.0}}), 3.0);
  EXPECT_EQ(busy_time_s({{2.0, 4.0}, {1.0, 3.0}}), 3.0);
  EXPECT_EQ(busy_time_s({{1.0, 8.0}, {2.0, 3.0}, {7.0, 9.0}}), 8.0);
}

}  // namespace
}  // namespace lauebench::kernels
