#include "plan/shuffle.hpp"

#include <array>

#include <gmock/gmock.h>

namespace lauebench {
namespace {

using testing::UnorderedElementsAre;

TEST(Shuffle, BitsAreThoseOfTheStandard) {
  // The standard fixes the 10000th value of a default-seeded std::mt19937_64 ([rand.predef]).
  RandomBits bits;
  bits.discard(9999);
  EXPECT_EQ(bits(), 9981545732273789042U);
}

TEST(Shuffle, KeepsTheValues) {
  RandomBits bits{5};
  std::vector<int> values{1, 2, 3, 4, 5};
  shuffle(values, bits);
  EXPECT_THAT(values, UnorderedElementsAre(1, 2, 3, 4, 5));
  std::vector<int> none;
  shuffle(none, bits);
  EXPECT_TRUE(none.empty());
}

TEST(Shuffle, EveryOrderIsAsLikely) {
  constexpr int trials = 60'000;
  constexpr std::array<std::array<int, 3>, 6> orders{
      {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
  std::array<int, 6> seen{};
  RandomBits bits{20250812};
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<int> values{0, 1, 2};
    shuffle(values, bits);
    for (std::size_t i = 0; i < orders.size(); ++i) {
      seen[i] += std::ranges::equal(values, orders[i]) ? 1 : 0;
    }
  }
  double chi_squared = 0.0;
  constexpr double expected = trials / 6.0;
  for (int const count : seen) {
    chi_squared += (count - expected) * (count - expected) / expected;
  }
  // 99.9 % quantile of the chi-squared distribution with 5 degrees of freedom.
  EXPECT_LT(chi_squared, 20.52);
}

TEST(Shuffle, DrawsStayBelowTheCount) {
  RandomBits bits{1};
  for (int trial = 0; trial < 1000; ++trial) {
    EXPECT_LT(draw_below(3, bits), 3U);
    EXPECT_EQ(draw_below(1, bits), 0U);
  }
}

}  // namespace
}  // namespace lauebench
