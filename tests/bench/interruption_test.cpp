#include "bench/interruption.hpp"

#include <chrono>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lauebench {
namespace {

TEST(Interruption, CatchesTheFirstSignalOfEachKind) {
  for (int const signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) {
    Interruption const interruption(Speaker::other_rank);
    EXPECT_EQ(Interruption::caught(), 0);
    ASSERT_EQ(raise(signal), 0);
    EXPECT_EQ(Interruption::caught(), signal);
  }
}

/// How a process ends that gets SIGTERM `pause` after SIGINT.
int status_after_two_signals(std::chrono::duration<double> pause) {
  pid_t const child = fork();
  if (child == 0) {
    Interruption const interruption(Speaker::other_rank);
    raise(SIGINT);
    std::this_thread::sleep_for(pause);
    raise(SIGTERM);
    _exit(Interruption::caught());
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(Interruption, TheSecondSignalEndsTheProcess) {
  int const status = status_after_two_signals(std::chrono::duration<double>(1.05 * Interruption::same_request_s));
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

/// srun and slurmd both pass on what scancel asks for.
TEST(Interruption, TheSameRequestPassedOnTwiceIsOneSignal) {
  int const status = status_after_two_signals(std::chrono::duration<double>(0.0));
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), SIGINT);
}

TEST(Interruption, LeavesTheHandlersAsTheyWere) {
  ASSERT_NE(std::signal(SIGTERM, SIG_IGN), SIG_ERR);
  {
    Interruption const interruption(Speaker::other_rank);
    raise(SIGTERM);
  }
  EXPECT_EQ(std::signal(SIGTERM, SIG_DFL), SIG_IGN);
}

TEST(FirstSignal, IsThatOfTheLowestRank) {
  EXPECT_EQ(first_signal({"", "SIGTERM", "SIGINT"}), "SIGTERM");
  EXPECT_EQ(first_signal({"", ""}), "");
}

TEST(SignalName, IsTheOneThatPeopleKnow) {
  EXPECT_EQ(signal_name(SIGINT), "SIGINT");
  EXPECT_EQ(signal_name(SIGTERM), "SIGTERM");
  EXPECT_EQ(signal_name(SIGUSR1), "SIGUSR1");
  EXPECT_EQ(signal_name(SIGUSR2), "SIGUSR2");
  EXPECT_EQ(signal_name(64), "signal 64");
}

}  // namespace
}  // namespace lauebench
