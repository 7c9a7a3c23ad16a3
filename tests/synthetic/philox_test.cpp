#include "synthetic/philox.hpp"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

// The known answers of Random123 (file kat_vectors) for philox4x32 with 10 rounds.
TEST(Philox, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, KeyHoldsAllBitsOfTheSeed) {
  EXPECT_EQ(philox_key(0x0123456789abcdefU), (PhiloxKey{0x89abcdef, 0x01234567}));
}

TEST(UniformStream, StaysInsideTheIntervalWithItsMoments) {
  UniformStream uniform(philox_key(3), RandomPurpose::signal, 1, 2);
  constexpr int draws = 200000;
  double sum = 0.0;
  double sum_of_squares = 0.0;
  for (int draw = 0; draw < draws; ++draw) {
    double const u = uniform();
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    sum_of_squares += u * u;
  }
  // Five standard deviations of the two means.
  EXPECT_NEAR(sum / draws, 1.0 / 2.0, 5.0 * std::sqrt(1.0 / 12.0 / draws));
  EXPECT_NEAR(sum_of_squares / draws, 1.0 / 3.0, 5.0 * std::sqrt(4.0 / 45.0 / draws));
}

TEST(UniformStream, DiffersByKeyPurposeItemAndGroup) {
  std::set<double> first_numbers;
  for (auto const seed : {1U, 2U}) {
    for (auto const purpose : {RandomPurpose::background, RandomPurpose::signal, RandomPurpose::grains}) {
      for (auto const item : {0U, 1U}) {
        for (auto const group : {0U, 1U}) {
          first_numbers.insert(UniformStream(philox_key(seed), purpose, item, group)());
        }
      }
    }
  }
  EXPECT_EQ(first_numbers.size(), 24U);
}

}  // namespace
}  // namespace lauebench
