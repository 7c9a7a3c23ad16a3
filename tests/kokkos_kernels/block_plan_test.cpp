#include "kokkos_kernels/block_plan.hpp"

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

constexpr DeviceCost cost{.fixed = 100, .per_stream = 10, .per_row = 50, .unit = 1};
constexpr LaunchShape shape{.compute_capability = 90, .threads = 128, .thread_blocks = 4, .streams = 3, .pixels = 800};
constexpr int columns = 100;

void expect_plan(BlockPlan const& plan, int rows, int streams) {
  EXPECT_EQ(plan.rows, rows);
  EXPECT_EQ(plan.streams, streams);
}

TEST(BlockPlan, PlentyOfMemoryGivesBlocksOfTheWishedPixels) {
  expect_plan(plan_blocks(1000, columns, cost, 1'000'000, shape), 8, 3);
}

TEST(BlockPlan, AShortStripeIsSharedByAllStreams) {
  expect_plan(plan_blocks(10, columns, cost, 1'000'000, shape), 4, 3);
  expect_plan(plan_blocks(2, columns, cost, 1'000'000, shape), 1, 2);
}

TEST(BlockPlan, ALimitLowersTheBlocksFirstAndThenTakesStreamsAway) {
  expect_plan(plan_blocks(1000, columns, cost, cost.of(5, 3), shape), 5, 3);
  expect_plan(plan_blocks(1000, columns, cost, cost.of(5, 3) - 1, shape), 4, 3);
  expect_plan(plan_blocks(1000, columns, cost, cost.of(1, 3) - 1, shape), 1, 2);
  expect_plan(plan_blocks(1000, columns, cost, cost.of(1, 2) - 1, shape), 2, 1);
  expect_plan(plan_blocks(1000, columns, cost, cost.of(1, 1) - 1, shape), 0, 0);
}

TEST(BlockPlan, WhatIsPlannedFitsAndGrowsWithStripeAndLimit) {
  for (DeviceCost const& unlike : {cost, DeviceCost{1000, 1024, 333, 256}, DeviceCost{1, 0, 70, 4096}}) {
    for (std::uint64_t limit = 0; limit < 30'000; limit += 37) {
      BlockPlan before{1, 1};
      for (int rows = 1; rows < 60; ++rows) {
        BlockPlan const plan = plan_blocks(rows, columns, unlike, limit, shape);
        if (plan.streams == 0) {
          ASSERT_GT(unlike.of(1, 1), limit);
          break;
        }
        ASSERT_LE(unlike.of(plan.rows, plan.streams), limit);
        ASSERT_GE(plan.rows, before.rows);
        ASSERT_GE(plan.streams, before.streams);
        before = plan;
      }
    }
  }
}

TEST(LaunchShape, IsThatOfTheNextOlderArchitecture) {
  EXPECT_EQ(launch_shape(0).compute_capability, 0);
  EXPECT_EQ(launch_shape(86).compute_capability, 80);
  EXPECT_EQ(launch_shape(90).compute_capability, 90);
  EXPECT_EQ(launch_shape(90).streams, 3);
}

}  // namespace
}  // namespace lauebench::kernels
