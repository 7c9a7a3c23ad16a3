#include "cluster/clock_offsets.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(NodeClock, WithoutAReadingIsTheTimeline) {
  NodeClock const clock;
  EXPECT_EQ(clock.on_timeline(12.5), 12.5);
  EXPECT_EQ(clock.on_own_clock(12.5), 12.5);
  EXPECT_FALSE(clock.drift());
  EXPECT_FALSE(clock.drift_uncertainty());
}

TEST(NodeClock, OneReadingShiftsAllMoments) {
  NodeClock clock;
  clock.add({100.0, 5.0, 1e-4});
  EXPECT_DOUBLE_EQ(clock.on_timeline(103.0), 98.0);
  EXPECT_DOUBLE_EQ(clock.on_own_clock(98.0), 103.0);
  EXPECT_FALSE(clock.drift()) << "nothing has been followed yet";
}

TEST(NodeClock, BetweenTwoReadingsTheOffsetGrowsEvenly) {
  NodeClock clock;
  clock.add({0.0, 1.0, 2e-4});
  clock.add({100.0, 5.0, 2e-4});
  clock.add({200.0, 6.0, 6e-4});
  EXPECT_DOUBLE_EQ(clock.on_timeline(100.0), 95.0);
  EXPECT_DOUBLE_EQ(clock.on_timeline(125.0), 119.75) << "the last two readings are the nearest";
  EXPECT_DOUBLE_EQ(clock.on_timeline(200.0), 194.0);
  EXPECT_DOUBLE_EQ(clock.on_own_clock(194.0), 200.0);
}

TEST(NodeClock, DriftIsThatOfTheWholeLaunch) {
  NodeClock clock;
  clock.add({0.0, 5.0, 2e-4});
  clock.add({1.0, 9.0, 1.0});
  clock.add({200.0, 5.02, 6e-4});
  EXPECT_NEAR(clock.drift().value(), 1e-4, 1e-15);
  EXPECT_NEAR(clock.drift_uncertainty().value(), 2e-6, 1e-15) << "half of each round trip";
  EXPECT_EQ(clock.first().offset_s, 5.0);
  EXPECT_EQ(clock.last().round_trip_s, 6e-4);
}

}  // namespace
}  // namespace lauebench
