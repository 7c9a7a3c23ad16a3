#include "bench/progress.hpp"

#include <cstdio>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lauebench {
namespace {

TEST(Progress, LineIsUpdatedOnATerminalOrWhenAskedFor) {
  EXPECT_EQ(choose_progress_style(1, ProgressLine::automatic, Terminal::yes), ProgressStyle::updating);
  EXPECT_EQ(choose_progress_style(1, ProgressLine::automatic, Terminal::no), ProgressStyle::plain);
  EXPECT_EQ(choose_progress_style(1, ProgressLine::on, Terminal::no), ProgressStyle::updating);
}

TEST(Progress, NoneWhereErrorsAloneAreWantedOrEveryRunIsReported) {
  EXPECT_EQ(choose_progress_style(0, ProgressLine::on, Terminal::yes), ProgressStyle::silent);
  EXPECT_EQ(choose_progress_style(2, ProgressLine::automatic, Terminal::yes), ProgressStyle::silent);
}

TEST(Progress, TextHasPointRunsThroughputAndTimeLeft) {
  EXPECT_EQ(progress_text({"cpu-p2-t1", 3, 8, 12.34, 30.0}),
            "cpu-p2-t1  3 of 8 done  12.3 per minute  about 50 s left");
}

TEST(Progress, FastRunsHavePlainNumbersToo) {
  EXPECT_EQ(progress_text({"cpu-p2-t1", 8, 8, 12345.6, 30.0}), "cpu-p2-t1  8 of 8 done  12346 per minute");
}

TEST(Progress, LastRunHasNoTimeLeft) {
  EXPECT_EQ(progress_text({"cpu-p2-t1", 8, 8, 12.34, 30.0}), "cpu-p2-t1  8 of 8 done  12.3 per minute");
}

TEST(Progress, FailedRunSaysSo) {
  EXPECT_EQ(progress_text({"gpu-p1", 1, 2, std::nullopt, 4.0}), "gpu-p1  1 of 2 done  failed  about 4 s left");
}

TEST(Progress, WhereNobodyKnowsHowManyRunsThereWillBePointsAreCounted) {
  ProgressState const state{.point = "cpu-p2-t1",
                            .runs_done = 12,
                            .runs_total = {},
                            .throughput_per_min = 12.34,
                            .elapsed_s = 30.0,
                            .points_done = 1,
                            .points_total = 4};
  EXPECT_EQ(progress_text(state), "cpu-p2-t1  12 done, 1 of 4 points finished  12.3 per minute");
}

TEST(Progress, NoMoreTimeIsLeftThanTheLimitLeaves) {
  EXPECT_EQ(progress_text({"cpu-p2-t1", 3, 8, 12.34, 30.0, 7.0}),
            "cpu-p2-t1  3 of 8 done  12.3 per minute  about 7 s left");
  EXPECT_EQ(progress_text({"cpu-p2-t1", 3, 8, 12.34, 30.0, -1.0}),
            "cpu-p2-t1  3 of 8 done  12.3 per minute  about 0 s left");
}

TEST(Progress, PlainOutputEndsWithTheNewestState) {
  testing::internal::CaptureStderr();
  Progress progress(ProgressStyle::plain);
  for (int done = 1; done <= 3; ++done) {
    progress.show({"cpu-p1-t1", done, std::nullopt, 60.0, 0.1 * done});
  }
  progress.finish();
  std::string const text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(text,
            "cpu-p1-t1  1 done, 0 of 0 points finished  60 per minute\n"
            "cpu-p1-t1  3 done, 0 of 0 points finished  60 per minute\n");
}

TEST(Progress, LineThatCannotBeWrittenEndsNothing) {
  std::fflush(stderr);
  int const before = dup(STDERR_FILENO);
  int const full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(dup2(full, STDERR_FILENO), STDERR_FILENO);
  for (ProgressStyle const style : {ProgressStyle::plain, ProgressStyle::updating}) {
    Progress progress(style);
    EXPECT_NO_THROW(progress.show({"cpu-p1-t1", 1, 2, 1.0, 4.0}));
    EXPECT_NO_THROW(progress.finish());
  }
  dup2(before, STDERR_FILENO);
  close(before);
  close(full);
}

TEST(Progress, DurationsAreReadable) {
  EXPECT_EQ(duration_text(0.2), "1 s");
  EXPECT_EQ(duration_text(59.0), "59 s");
  EXPECT_EQ(duration_text(200.0), "3 min 20 s");
  EXPECT_EQ(duration_text(7500.0), "2 h 5 min");
}

}  // namespace
}  // namespace lauebench
