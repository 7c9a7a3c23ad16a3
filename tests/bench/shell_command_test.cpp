#include "bench/shell_command.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/interruption.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

class ShellCommandTest : public testing::Test {
 protected:
  Interruption interruption_{Speaker::other_rank};  // forgets what other tests have caught
};

TEST_F(ShellCommandTest, TellsStatusAndSeconds) {
  CommandEnd const end = run_shell_command("sleep 0.05; exit 3", never);
  EXPECT_EQ(end.status, 3) << end.status_reason;
  EXPECT_GE(end.seconds, 0.05);
  EXPECT_EQ(run_shell_command("true", never).status, 0);
  EXPECT_EQ(run_shell_command("/nonexistent/command 2>&-", never).status, 127);
}

TEST_F(ShellCommandTest, SignalThatKilledItIsAddedTo128) {
  EXPECT_EQ(run_shell_command("kill -KILL $$", never).status, 128 + SIGKILL);
}

TEST_F(ShellCommandTest, ReadsNothingAndPrintsToStderr) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_shell_command("echo to stdout; ! read line", never).status, 0) << "stdin is at its end";
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
  int const terminated = run_shell_command("kill -TERM $$", never).status.value();
  int const unheard = run_shell_command("kill -PIPE $$", never).status.value();
  static_cast<void>(std::signal(SIGPIPE, handler));
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
  EXPECT_EQ(terminated, 128 + SIGTERM);
  EXPECT_EQ(unheard, 128 + SIGPIPE);
}

// The commands' parent is this process.

TEST_F(ShellCommandTest, CaughtSignalIsPassedOnToAllThatItStarted) {
  test::ScratchFolder const folder;
  std::string const survivor = (folder / "survivor").string();
  CommandEnd const end = run_shell_command("(sleep 2; touch " + survivor + ") & kill -TERM $PPID; sleep 60", never);
  EXPECT_EQ(end.status, 128 + SIGTERM);
  EXPECT_LT(end.seconds, 30.0);
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_FALSE(std::filesystem::exists(survivor));
}

TEST_F(ShellCommandTest, CommandThatIgnoresTheSignalIsKilled) {
  CommandEnd const end = run_shell_command("trap '' INT; kill -INT $PPID; sleep 60", never);
  EXPECT_EQ(end.status, 128 + SIGKILL);
  EXPECT_LT(end.seconds, 30.0);
}

TEST_F(ShellCommandTest, WhatTakesTooLongIsEndedWithAllThatItStarted) {
  test::ScratchFolder const folder;
  std::string const survivor = (folder / "survivor").string();
  CommandEnd const end = run_shell_command("(sleep 2; touch " + survivor + ") & sleep 60", 0.2);
  EXPECT_EQ(end.status, 128 + SIGTERM);
  EXPECT_GE(end.seconds, 0.2);
  EXPECT_LT(end.seconds, 30.0);
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_FALSE(std::filesystem::exists(survivor));
}

TEST_F(ShellCommandTest, WhatTheShellLeavesBehindIsKilledWhenItDoesNotHear) {
  test::ScratchFolder const folder;
  std::string const deaf = (folder / "deaf").string();
  std::string const command = "(trap '' TERM; echo > " + deaf + "; sleep 60) & while [ ! -e " + deaf +
                              " ]; do sleep 0.1; done; kill -TERM $PPID; sleep 60";
  CommandEnd const end = run_shell_command(command, never);
  EXPECT_EQ(end.status, 128 + SIGTERM) << "of the shell itself";
  EXPECT_LT(end.seconds, 30.0);
  EXPECT_GE(end.seconds, 4.0) << "it had time to end by itself";
}

TEST_F(ShellCommandTest, DiesWithTheProcessThatStartedIt) {
  test::ScratchFolder const folder;
  std::string const name = (folder / "pid").string();
  pid_t const launch = ::fork();
  if (launch == 0) {
    static_cast<void>(
        run_shell_command("echo $$ > " + name + ".new; mv " + name + ".new " + name + "; exec sleep 60", never));
    ::_exit(0);
  }
  while (!std::filesystem::exists(name)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  pid_t const shell = std::stoi(test::text_of(name));
  ASSERT_EQ(::kill(shell, 0), 0);
  ASSERT_EQ(::kill(launch, SIGKILL), 0);
  ASSERT_EQ(::waitpid(launch, nullptr, 0), launch);
  auto const is_running = [shell] {
    std::ifstream status(fmt::format("/proc/{}/stat", shell));
    std::string text;
    std::getline(status, text);
    return !text.empty() && text.find(") Z ") == std::string::npos;  // nobody may collect it where this is process 1
  };
  for (int tries = 0; tries < 1000 && is_running(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(is_running());
}

}  // namespace
}  // namespace lauebench
