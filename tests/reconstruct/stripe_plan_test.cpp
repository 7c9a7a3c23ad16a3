#include "reconstruct/stripe_plan.hpp"

#include <climits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

/// Half of a row's bytes are frames.
StripeCost cost_of(std::uint64_t fixed, std::uint64_t per_row, std::uint64_t workspace_per_row = 0) {
  return {fixed, per_row / 2, per_row - per_row / 2,
          [workspace_per_row](int rows) { return workspace_per_row * static_cast<unsigned>(rows); }};
}

StripePlan plan(int rows, std::uint64_t limit_bytes, std::optional<int> asked = {}) {
  return plan_stripes(rows, cost_of(1000, 10), limit_bytes, {.rows = asked});
}

std::string refusal(int rows, StripeCost const& cost, std::uint64_t limit_bytes, std::optional<int> asked) {
  try {
    static_cast<void>(plan_stripes(rows, cost, limit_bytes, {.rows = asked}));
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    return error.what();
  }
  return "not refused";
}

StripePlan overlapping(int rows, std::uint64_t limit_bytes, int row_unit = 1) {
  return plan_stripes(rows, cost_of(1000, 10), limit_bytes, {{}, 4, row_unit});
}

StripePlan in_bands(int rows, std::uint64_t limit_bytes, int row_unit, std::optional<int> asked = {}) {
  return plan_stripes(rows, cost_of(1000, 10), limit_bytes, {asked, 4, row_unit, Bands::allowed});
}

void expect_bands(StripePlan const& found, int rows_per_stripe, int stripes, int stripes_per_read, int frame_buffers) {
  EXPECT_EQ(found.rows_per_stripe, rows_per_stripe);
  EXPECT_EQ(found.stripes, stripes);
  EXPECT_EQ(found.buffers, 2);
  EXPECT_EQ(found.stripes_per_read, stripes_per_read);
  EXPECT_EQ(found.frame_buffers(), frame_buffers);
}

void expect_plan(StripePlan const& found, int rows_per_stripe, int stripes) {
  EXPECT_EQ(found.stripes_per_read, 1);
  EXPECT_EQ(found.frame_buffers(), stripes > 1 ? 2 : 1);
  EXPECT_EQ(found.rows_per_stripe, rows_per_stripe);
  EXPECT_EQ(found.stripes, stripes);
  EXPECT_EQ(found.buffers, stripes > 1 ? 2 : 1);
}

TEST(StripeCost, AddsFixedRowsInAllBuffersAndWorkspaceOnce) {
  EXPECT_EQ(cost_of(1000, 10, 3).of(7, 1), 1000U + 70U + 21U);
  EXPECT_EQ(cost_of(1000, 10, 3).of(7, 2), 1000U + 140U + 21U);
}

TEST(StripePlan, OneStripeWhereAllRowsFitExactly) {
  expect_plan(plan(48, 1000 + 480), 48, 1);
  expect_plan(plan(1, 1010), 1, 1);
}

// two stripes are in memory then
TEST(StripePlan, OneByteLessCutsInThree) {
  expect_plan(plan(48, 1000 + 479), 16, 3);
  expect_plan(plan(40, 1000 + 299), 14, 3);  // 14 fit: even, as blocks of lanes do not
}

TEST(StripePlan, HeightsAreMultiplesOfLanesWhereThatFits) {
  expect_plan(plan(64, 1000 + 639), 16, 4);  // 31 fit, even would be 22
  expect_plan(plan(64, 1000 + 640), 64, 1);
  expect_plan(plan(256, 1000 + 1000), 48, 6);  // 50 fit, even would be 43
}

TEST(StripePlan, TheLastStripeIsNoSliver) {
  expect_plan(plan(41, 1000 + 400), 16, 3);  // not 20 + 20 + 1
  expect_plan(plan(31, 1000 + 100), 5, 7);   // 5 fit, fewer than the lanes
  expect_plan(plan(31, 1000 + 200), 8, 4);   // 10 fit: not 10 + 10 + 10 + 1
}

TEST(StripePlan, CutsWhatFitsWhereStripesMayOverlap) {
  constexpr std::uint64_t plenty = 1000000;
  expect_plan(overlapping(256, plenty), 64, 4);
  expect_plan(overlapping(100, plenty), 32, 4);
  expect_plan(overlapping(40, plenty), 16, 3);  // no thinner than the lanes
  expect_plan(overlapping(17, plenty), 16, 2);
  expect_plan(overlapping(16, plenty), 16, 1);
  expect_plan(overlapping(256, 1000 + 20 * 40), 32, 8);  // 40 fit
}

TEST(StripePlan, BeginsAtMultiplesOfTheUnit) {
  constexpr std::uint64_t plenty = 1000000;
  expect_plan(overlapping(256, plenty, 60), 240, 2);           // of lanes and unit
  expect_plan(overlapping(256, 1000 + 20 * 200, 60), 120, 3);  // 200 fit, lanes and unit agree at 240 only
  expect_plan(overlapping(256, 1000 + 20 * 50, 60), 48, 6);    // nor does the unit fit
}

TEST(StripePlan, RowsThatComeTogetherFillSeveralStripes) {
  constexpr std::uint64_t plenty = 1000000;
  expect_bands(in_bands(256, plenty, 256), 64, 4, 4, 1);  // whole frames
  expect_bands(in_bands(250, plenty, 300), 64, 4, 4, 1);
  expect_bands(in_bands(40, plenty, 40), 16, 3, 3, 1);
  expect_bands(in_bands(512, plenty, 256), 128, 4, 2, 2);  // half frames: one half is read beside the other
  expect_bands(in_bands(1024, plenty, 512), 256, 4, 2, 2);
  expect_bands(in_bands(2048, plenty, 1024, 256), 256, 8, 4, 2);
}

TEST(StripePlan, NoBandsWhereAStripeHoldsWhatComesTogether) {
  constexpr std::uint64_t plenty = 1000000;
  expect_plan(in_bands(256, plenty, 64), 64, 4);
  expect_plan(in_bands(256, plenty, 1), 64, 4);
  expect_plan(in_bands(16, plenty, 16), 16, 1);
  expect_plan(in_bands(256, plenty, 100), 200, 2);  // 64 does not divide it, nor do thinner ones
  expect_plan(in_bands(256, plenty, 256, 256), 256, 1);
}

// frames of all rows, images of two stripes
TEST(StripePlan, BandsHoldAllTheirFramesAndTwoStripesOfImages) {
  constexpr std::uint64_t whole = 1000 + 5 * 256;
  expect_bands(in_bands(256, whole + 5 * 128, 256), 64, 4, 4, 1);
  expect_bands(in_bands(256, whole + 5 * 127, 256), 48, 6, 6, 1);
  expect_bands(in_bands(256, whole + 5 * 32, 256), 16, 16, 16, 1);
  expect_plan(in_bands(256, whole + 5 * 31, 256), 64, 4);                   // frames do not fit: read once per stripe
  expect_bands(in_bands(250, 1000 + 5 * 250 + 5 * 128, 250), 64, 4, 4, 1);  // the last stripe has fewer rows
}

TEST(StripePlan, AskedHeightInBandsWhereTheyFit) {
  constexpr std::uint64_t whole = 1000 + 5 * 48;
  expect_bands(in_bands(48, whole + 5 * 14, 48, 7), 7, 7, 7, 1);
  expect_plan(in_bands(48, whole + 5 * 14 - 1, 48, 7), 7, 7);
}

TEST(StripePlan, WorkspaceThatGrowsWithRowsCounts) {
  StripePlan const found = plan_stripes(48, cost_of(1000, 10, 20), 1000 + 40 * 16, {});
  expect_plan(found, 16, 3);
}

TEST(StripePlan, TheMostRowsThatThereCanBe) {
  expect_plan(plan_stripes(INT_MAX, cost_of(0, 1), std::uint64_t{1} << 40U, {}), INT_MAX, 1);
  expect_plan(plan_stripes(INT_MAX, cost_of(0, 1), INT_MAX - 1, {}), 715827888, 3);
  expect_plan(plan_stripes(INT_MAX, cost_of(0, 1), 2, {}), 1, INT_MAX);
}

TEST(StripePlan, AskedHeightIsTakenAsItIs) {
  expect_plan(plan(48, 1480, 7), 7, 7);
  expect_plan(plan(48, 1480, 100), 48, 1);
  expect_plan(plan(48, 1140, 7), 7, 7);
}

TEST(StripePlan, TooTallIsRefusedWithFigures) {
  StripeCost const cost = cost_of(30 * mib, 2 * mib);
  EXPECT_THAT(refusal(48, cost, 33 * mib, {}), HasSubstr("a stripe of 1 row does not fit the memory limit (34 MiB "
                                                         "needed, 33 MiB allowed): raise --memory-limit-mb"));
  EXPECT_THAT(refusal(48, cost, 57 * mib, 7),
              HasSubstr("a stripe of 7 rows does not fit the memory limit (58 MiB needed, 57 MiB allowed)"));
}

TEST(StripePlan, WhatIsNeededIsNeverSaidToBeAllowed) {
  EXPECT_EQ(needed_and_allowed(64 * mib + 1, 64 * mib), "65 MiB needed, 64 MiB allowed");
  EXPECT_EQ(needed_and_allowed(64 * mib, 64 * mib - 1), "64 MiB needed, 63 MiB allowed");
}

}  // namespace
}  // namespace lauebench
