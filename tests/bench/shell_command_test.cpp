#include "bench/shell_command.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "bench/interruption.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

class ShellCommandTest : public testing::Test {
 protected:
  Interruption interruption_{Speaker::other_rank};  // forgets what other tests have caught
};

TEST_F(ShellCommandTest, TellsStatusAndSeconds) {
  CommandEnd const end = run_shell_command("sleep 0.05; exit 3");
  EXPECT_EQ(end.status, 3) << end.status_reason;
  EXPECT_GE(end.seconds, 0.05);
  EXPECT_EQ(run_shell_command("true").status, 0);
  EXPECT_EQ(run_shell_command("/nonexistent/command 2>&-").status, 127);
}

TEST_F(ShellCommandTest, SignalThatKilledItIsAddedTo128) {
  EXPECT_EQ(run_shell_command("kill -KILL $$").status, 128 + SIGKILL);
}

TEST_F(ShellCommandTest, ReadsNothingAndPrintsToStderr) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_shell_command("echo to stdout; ! read line").status, 0) << "stdin is at its end";
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "to stdout\n");
}

TEST_F(ShellCommandTest, MaskedAndIgnoredSignalsReachIt) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
  auto* const handler = std::signal(SIGPIPE, SIG_IGN);
  int const terminated = run_shell_command("kill -TERM $$").status.value();
  int const unheard = run_shell_command("kill -PIPE $$").status.value();
  static_cast<void>(std::signal(SIGPIPE, handler));
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
  EXPECT_EQ(terminated, 128 + SIGTERM);
  EXPECT_EQ(unheard, 128 + SIGPIPE);
}

// The commands' parent is this process.

TEST_F(ShellCommandTest, CaughtSignalIsPassedOnToAllThatItStarted) {
  test::ScratchFolder const folder;
  std::string const survivor = (folder / "survivor").string();
  CommandEnd const end = run_shell_command("(sleep 2; touch " + survivor + ") & kill -TERM $PPID; sleep 60");
  EXPECT_EQ(end.status, 128 + SIGTERM);
  EXPECT_LT(end.seconds, 30.0);
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_FALSE(std::filesystem::exists(survivor));
}

TEST_F(ShellCommandTest, CommandThatIgnoresTheSignalIsKilled) {
  CommandEnd const end = run_shell_command("trap '' INT; kill -INT $PPID; sleep 60");
  EXPECT_EQ(end.status, 128 + SIGKILL);
  EXPECT_LT(end.seconds, 30.0);
}

}  // namespace
}  // namespace lauebench
