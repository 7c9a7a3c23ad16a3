#include "reconstruct/phase_intervals.hpp"

#include <gtest/gtest.h>

#include "reconstruct/phase_timer.hpp"

namespace lauebench {
namespace {

void expect_interval(Interval const& interval, double begin_s, double end_s) {
  EXPECT_DOUBLE_EQ(interval.begin_s, begin_s);
  EXPECT_DOUBLE_EQ(interval.end_s, end_s);
}

TEST(PhaseIntervals, TheLastShareOfReadingBecomesDecompressing) {
  PhaseIntervals intervals;
  intervals.of(Phase::read) = {{0.0, 4.0}, {6.0, 8.0}};
  intervals.split_decompressing(0.25);
  ASSERT_EQ(intervals.of(Phase::read).size(), 2U);
  ASSERT_EQ(intervals.of(Phase::decompress).size(), 2U);
  expect_interval(intervals.of(Phase::read)[0], 0.0, 3.0);
  expect_interval(intervals.of(Phase::decompress)[0], 3.0, 4.0);
  expect_interval(intervals.of(Phase::read)[1], 6.0, 7.5);
  expect_interval(intervals.of(Phase::decompress)[1], 7.5, 8.0);
}

TEST(PhaseIntervals, AKernelLiesBetweenItsCopies) {
  PhaseIntervals intervals;
  intervals.add_kernel({10.0, 20.0}, 1.0, 5.0, 2.0);
  expect_interval(intervals.of(Phase::copy_to_device).at(0), 10.0, 11.0);
  expect_interval(intervals.of(Phase::kernel).at(0), 13.0, 18.0);
  expect_interval(intervals.of(Phase::copy_to_host).at(0), 18.0, 20.0);
}

TEST(PhaseIntervals, AKernelThatOverlapsWithItsCopiesStaysWithinTheStripe) {
  PhaseIntervals intervals;
  intervals.add_kernel({10.0, 20.0}, 8.0, 9.0, 7.0);
  expect_interval(intervals.of(Phase::kernel).at(0), 10.0, 19.0);
}

TEST(PhaseAccount, EachPhaseGoesToItsOwnSumAndIntervals) {
  PhaseTimes sums;
  PhaseIntervals intervals;
  PhaseAccount const account(sums, &intervals);
  double duration_s = 1.0;
  for (Phase const phase : all_phases) {
    if (phase != Phase::decompress) {  // a share of reading
      account.add(phase, {100.0, 100.0 + duration_s});
      EXPECT_EQ(intervals.of(phase).size(), 1U);
      duration_s *= 2.0;
    }
  }
  EXPECT_EQ(sums.open_s, 1.0);
  EXPECT_EQ(sums.wait_read_s, 2.0);
  EXPECT_EQ(sums.compute_s, 4.0);
  EXPECT_EQ(sums.wait_write_s, 8.0);
  EXPECT_EQ(sums.fsync_s, 16.0);
  EXPECT_EQ(sums.close_s, 32.0);
  EXPECT_EQ(sums.read_s, 64.0);
  EXPECT_EQ(sums.kernel_s, 128.0);
  EXPECT_EQ(sums.write_s, 256.0);
  EXPECT_EQ(sums.copy_to_device_s, 512.0);
  EXPECT_EQ(sums.copy_to_host_s, 1024.0);
}

TEST(PhaseTimer, TellsAnIntervalOnlyWhereItIsAskedFor) {
  PhaseTimes sums;
  PhaseIntervals intervals;
  {
    PhaseAccount const account(sums);
    PhaseTimer const timer(account, Phase::open);
  }
  double const alone_s = sums.open_s;
  EXPECT_GT(alone_s, 0.0);
  {
    PhaseAccount const account(sums, &intervals);
    PhaseTimer const timer(account, Phase::open);
  }
  ASSERT_EQ(intervals.of(Phase::open).size(), 1U);
  EXPECT_DOUBLE_EQ(alone_s + intervals.of(Phase::open).front().duration_s(), sums.open_s);
}

}  // namespace
}  // namespace lauebench
