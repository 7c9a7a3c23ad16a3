#include "reconstruct/stripe_plan.hpp"

#include <climits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

StripeCost cost_of(std::uint64_t fixed, std::uint64_t per_row, std::uint64_t workspace_per_row = 0) {
  return {fixed, per_row, [workspace_per_row](int rows) { return workspace_per_row * static_cast<unsigned>(rows); }};
}

StripePlan plan(int rows, std::uint64_t limit_bytes, std::optional<int> asked = {}) {
  return plan_stripes(rows, cost_of(1000, 10), limit_bytes, asked);
}

std::string refusal(int rows, StripeCost const& cost, std::uint64_t limit_bytes, std::optional<int> asked) {
  try {
    static_cast<void>(plan_stripes(rows, cost, limit_bytes, asked));
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    return error.what();
  }
  return "not refused";
}

void expect_plan(StripePlan const& found, int rows_per_stripe, int stripes) {
  EXPECT_EQ(found.rows_per_stripe, rows_per_stripe);
  EXPECT_EQ(found.stripes, stripes);
}

TEST(StripeCost, AddsFixedRowsAndWorkspace) { EXPECT_EQ(cost_of(1000, 10, 3).of(7), 1000U + 70U + 21U); }

TEST(StripePlan, OneStripeWhereAllRowsFitExactly) {
  expect_plan(plan(48, 1000 + 480), 48, 1);
  expect_plan(plan(1, 1010), 1, 1);
}

TEST(StripePlan, OneByteLessCutsInTwo) {
  expect_plan(plan(48, 1000 + 479), 32, 2);
  expect_plan(plan(40, 1000 + 299), 20, 2);  // 29 fit: even, as two blocks of lanes do not
}

TEST(StripePlan, HeightsAreMultiplesOfLanesWhereThatFits) {
  expect_plan(plan(64, 1000 + 639), 32, 2);
  expect_plan(plan(256, 1000 + 1000), 96, 3);  // 100 fit, even would be 86
}

TEST(StripePlan, TheLastStripeIsNoSliver) {
  expect_plan(plan(100, 1000 + 990), 64, 2);  // not 99 + 1
  expect_plan(plan(41, 1000 + 400), 32, 2);
  expect_plan(plan(31, 1000 + 100), 8, 4);  // 10 fit, fewer than the lanes: even, not 10 + 10 + 10 + 1
}

TEST(StripePlan, WorkspaceThatGrowsWithRowsCounts) {
  StripePlan const found = plan_stripes(48, cost_of(1000, 10, 20), 1000 + 30 * 16, {});
  expect_plan(found, 16, 3);
}

TEST(StripePlan, TheMostRowsThatThereCanBe) {
  StripePlan const whole = plan_stripes(INT_MAX, cost_of(0, 1), std::uint64_t{1} << 40U, std::nullopt);
  EXPECT_EQ(whole.rows_per_stripe, INT_MAX);
  EXPECT_EQ(whole.stripes, 1);
  StripePlan const two = plan_stripes(INT_MAX, cost_of(0, 1), INT_MAX - 1, std::nullopt);
  EXPECT_EQ(two.rows_per_stripe, 1 << 30U);
  EXPECT_EQ(two.stripes, 2);
  StripePlan const single_rows = plan_stripes(INT_MAX, cost_of(0, 1), 1, std::nullopt);
  EXPECT_EQ(single_rows.stripes, INT_MAX);
}

TEST(StripePlan, AskedHeightIsTakenAsItIs) {
  expect_plan(plan(48, 1480, 7), 7, 7);
  expect_plan(plan(48, 1480, 100), 48, 1);
  expect_plan(plan(48, 1070, 7), 7, 7);
}

TEST(StripePlan, TooTallIsRefusedWithFigures) {
  StripeCost const cost = cost_of(30 * mib, 2 * mib);
  EXPECT_THAT(refusal(48, cost, 31 * mib, {}), HasSubstr("a stripe of 1 row does not fit the memory limit (32 MiB "
                                                         "needed, 31 MiB allowed): raise --memory-limit-mb"));
  EXPECT_THAT(refusal(48, cost, 43 * mib, 7),
              HasSubstr("a stripe of 7 rows does not fit the memory limit (44 MiB needed, 43 MiB allowed)"));
}

TEST(StripePlan, WhatIsNeededIsNeverSaidToBeAllowed) {
  EXPECT_EQ(needed_and_allowed(64 * mib + 1, 64 * mib), "65 MiB needed, 64 MiB allowed");
  EXPECT_EQ(needed_and_allowed(64 * mib, 64 * mib - 1), "64 MiB needed, 63 MiB allowed");
}

}  // namespace
}  // namespace lauebench
