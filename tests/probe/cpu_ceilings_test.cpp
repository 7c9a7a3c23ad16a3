#include "probe/cpu_ceilings.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(Triad, PassTakesTimeForItsBytes) {
  constexpr std::size_t elements = std::size_t{1} << 20U;
  Triad triad(3, elements);
  EXPECT_EQ(triad.bytes(), 24.0 * static_cast<double>(elements));
  double const seconds = triad.pass();
  constexpr double slowest_bytes_per_s = 1e7;
  constexpr double fastest_bytes_per_s = 1e14;
  EXPECT_LT(triad.bytes() / seconds, fastest_bytes_per_s);
  EXPECT_GT(triad.bytes() / seconds, slowest_bytes_per_s);
}

}  // namespace
}  // namespace lauebench
