#include "bench/launch_deadlines.hpp"

#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

EnvironmentLookup slurm_says(std::string const& value) {
  return
      [value](std::string const& name) { return name == "SLURM_JOB_END_TIME" ? std::optional(value) : std::nullopt; };
}

std::optional<std::string> nothing(std::string const& /*name*/) { return std::nullopt; }

constexpr WallTime now{std::chrono::seconds{1'700'000'000}};

TEST(LaunchDeadlines, EndOfTheAllocationCountsFromTheStartOfTheLaunch) {
  auto const deadlines = deadlines_of({}, slurm_says("1700000100"), now, 30.0);
  EXPECT_EQ(deadlines.allocation_end_s, 130.0);
  EXPECT_FALSE(deadlines.time_limit_s);
}

TEST(LaunchDeadlines, WithoutLimitThereIsNoEnd) {
  auto const deadlines = deadlines_of({}, nothing, now, 30.0);
  EXPECT_FALSE(deadlines.allocation_end_s);
  EXPECT_TRUE(std::isinf(earliest(deadlines).seconds));
}

TEST(LaunchDeadlines, WhatIsNoMomentIsNoEnd) {
  for (char const* const text : {"", "Unknown", "0", "-1", "12:00"}) {
    EXPECT_FALSE(deadlines_of({}, slurm_says(text), now, 30.0).allocation_end_s) << text;
  }
}

TEST(LaunchDeadlines, EarlierOneCounts) {
  RunConfig config;
  config.time_limit_s = 100.0;
  Deadline const limit = earliest(deadlines_of(config, slurm_says("1700000100"), now, 30.0));
  EXPECT_EQ(limit.seconds, 100.0);
  EXPECT_EQ(limit.reason, StopReason::time_limit);
  Deadline const end = earliest(deadlines_of(config, slurm_says("1700000060"), now, 30.0));
  EXPECT_EQ(end.seconds, 90.0);
  EXPECT_EQ(end.reason, StopReason::allocation_end);
}

}  // namespace
}  // namespace lauebench
