#include "reconstruct/stripe_plan.hpp"

#include <climits>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

StripeCost cost_of_rows(std::uint64_t per_row) {
  return {0, per_row, [](int) { return std::uint64_t{0}; }};
}

TEST(StripePlan, TheMostRowsThatThereCanBe) {
  StripePlan const whole = plan_stripes(INT_MAX, cost_of_rows(1), std::uint64_t{1} << 40U, std::nullopt);
  EXPECT_EQ(whole.rows_per_stripe, INT_MAX);
  EXPECT_EQ(whole.stripes, 1);
  StripePlan const two = plan_stripes(INT_MAX, cost_of_rows(1), INT_MAX - 1, std::nullopt);
  EXPECT_EQ(two.rows_per_stripe, 1 << 30U);
  EXPECT_EQ(two.stripes, 2);
  StripePlan const single_rows = plan_stripes(INT_MAX, cost_of_rows(1), 1, std::nullopt);
  EXPECT_EQ(single_rows.stripes, INT_MAX);
}

}  // namespace
}  // namespace lauebench
