#include "bench/run_limits.hpp"

#include <csignal>
#include <limits>
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "bench/interruption.hpp"

namespace lauebench {
namespace {

EnvironmentLookup environment_of(std::map<std::string, std::string> const& variables) {
  return [variables](std::string const& name) -> std::optional<std::string> {
    auto const found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string text_of(Cancellation const& cancellation) {
  try {
    cancellation.throw_if_due();
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::cancelled);
    return error.what();
  }
  return {};
}

TEST(CancellationOfARun, IsDueWhenTheTimeIsOver) {
  Interruption const interruption(Speaker::other_rank);
  RunConfig config;
  EXPECT_FALSE(cancellation_of(config).is_due());
  config.reconstruction_timeout_s = 0.02;
  Cancellation const cancellation = cancellation_of(config);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_TRUE(cancellation.is_due());
  EXPECT_EQ(
      text_of(cancellation),
      "the reconstruction was cancelled (it took longer than the 0.02 s of --reconstruction-timeout): look at its "
      "phases for what took the time, or give it more");
}

TEST(CancellationOfARun, LeavesTheRunItsTimeAfterASignal) {
  Interruption const interruption(Speaker::other_rank);
  Cancellation const cancellation = cancellation_of({});
  ASSERT_EQ(raise(SIGUSR1), 0);
  EXPECT_EQ(text_of(cancellation), "");
}

TEST(TimesAfterSignal, LeaveTimeForTheRecords) {
  EnvironmentLookup const alone = environment_of({});
  EnvironmentLookup const mpirun = environment_of({{"OMPI_COMM_WORLD_SIZE", "2"}});
  EnvironmentLookup const patient =
      environment_of({{"OMPI_COMM_WORLD_SIZE", "2"}, {"OMPI_MCA_odls_base_sigkill_timeout", "20"}});
  EnvironmentLookup const hasty =
      environment_of({{"OMPI_COMM_WORLD_SIZE", "2"}, {"OMPI_MCA_odls_base_sigkill_timeout", "5"}});
  auto const expect = [](int signal, EnvironmentLookup const& environment, double run_s, double records_s,
                         double end_s) {
    SignalTimes const times = times_after_signal(signal, environment);
    EXPECT_DOUBLE_EQ(times.run_s, run_s);
    EXPECT_DOUBLE_EQ(times.records_s, records_s);
    EXPECT_DOUBLE_EQ(times.end_s, end_s);
  };
  for (int const signal : {SIGINT, SIGTERM}) {
    expect(signal, alone, 7.0, 9.0, 9.7);
    expect(signal, mpirun, 0.0, 0.3, 6.0);  // after a second
    expect(signal, hasty, 2.0, 4.3, 10.0);
    expect(signal, patient, 7.0, 9.0, 25.0);
  }
  expect(SIGUSR1, mpirun, 7.0, 9.0, 9.7);  // mpirun passes it on
}

TEST(WaitLimitOfARun, IsThereWithATimeoutAloneAndShorterForRankZero) {
  RunConfig config;
  EXPECT_FALSE(wait_limit_of(config, Speaker::root, "run 0").has_value());
  config.reconstruction_timeout_s = 2.0;
  auto const root = wait_limit_of(config, Speaker::root, "run 0");
  auto const other = wait_limit_of(config, Speaker::other_rank, "run 0");
  ASSERT_TRUE(root && other);
  EXPECT_EQ(root->seconds, 32.0);
  EXPECT_EQ(root->what, "run 0");
  EXPECT_EQ(other->seconds, 39.0);
  config.reconstruction_timeout_s = 100.0;
  EXPECT_EQ(wait_limit_of(config, Speaker::root, "")->seconds, 200.0);
}

TEST(WaitLimitWithoutATimeout, IsAnHourOrTwentyTimesWhatTheRankItselfTook) {
  EXPECT_DOUBLE_EQ(wait_limit_after(2.0, Speaker::root, "it").seconds, 3600.0);
  EXPECT_DOUBLE_EQ(wait_limit_after(600.0, Speaker::root, "it").seconds, 12000.0);
  EXPECT_DOUBLE_EQ(wait_limit_after(600.0, Speaker::other_rank, "it").seconds, 24000.0)
      << "rank 0 has the end to record, though it may have taken longer itself";
}

TEST(WaitLimitBeforeTheEnd, IsWhatIsLeftAndHalfAMinute) {
  EXPECT_FALSE(wait_limit_before(std::numeric_limits<double>::infinity(), Speaker::root, "it").has_value());
  EXPECT_DOUBLE_EQ(wait_limit_before(100.0, Speaker::root, "it")->seconds, 130.0);
  EXPECT_DOUBLE_EQ(wait_limit_before(-5.0, Speaker::root, "it")->seconds, 30.0);
  EXPECT_DOUBLE_EQ(wait_limit_before(100.0, Speaker::other_rank, "it")->seconds, 135.0)
      << "rank 0 has the end to record";
}

}  // namespace
}  // namespace lauebench
