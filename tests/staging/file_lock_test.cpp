#include "staging/file_lock.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster/nodes.hpp"
#include "staging/file_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using std::chrono::milliseconds;
using test::expect_error;

/// Another process that takes the lock and keeps it until it is killed.
class Holder {
 public:
  explicit Holder(std::filesystem::path const& lock_file) {
    std::array<int, 2> pipe_ends{};
    EXPECT_EQ(pipe(pipe_ends.data()), 0);
    pid_ = fork();
    if (pid_ == 0) {
      setenv("SLURM_JOB_ID", "4711", 1);
      try {
        FileLock const lock(lock_file, "folder", milliseconds(0));
        char const ready = 'r';
        if (write(pipe_ends[1], &ready, 1) == 1) {
          pause();
        }
      } catch (Error const&) {
        _exit(1);
      }
      _exit(0);
    }
    char ready = 0;
    EXPECT_EQ(::read(pipe_ends[0], &ready, 1), 1);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
  }
  ~Holder() { end(); }
  Holder(Holder const&) = delete;
  Holder& operator=(Holder const&) = delete;

  void end() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

TEST(FileLock, HoldsItsOwnersNameAndLeavesAnEmptyFile) {
  test::TemporaryFolder const folder;
  auto const file = staging_lock_file(folder.path());
  {
    FileLock const lock(file, "folder");
    EXPECT_EQ(lock.state(), LockState::held);
    EXPECT_THAT(test::read(file), testing::StartsWith("process " + std::to_string(getpid()) + " on " + host_name()));
  }
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_EQ(test::read(file), "");
  FileLock const again(file, "folder", milliseconds(0));
  EXPECT_EQ(again.state(), LockState::held);
}

TEST(FileLock, HeldByAnotherProcessIsAnErrorThatNamesIt) {
  test::TemporaryFolder const folder;
  auto const file = staging_lock_file(folder.path());
  Holder const holder(file);
  auto const began = std::chrono::steady_clock::now();
  expect_error([&] { FileLock const lock(file, "staging folder '/scratch/x'", milliseconds(150)); },
               ReturnCode::bad_input,
               {"staging folder '/scratch/x' is in use", "process " + std::to_string(holder.pid()), host_name(),
                "Slurm job 4711"});
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(150));
}

TEST(FileLock, OfAKilledProcessIsFree) {
  test::TemporaryFolder const folder;
  auto const file = staging_lock_file(folder.path());
  Holder holder(file);
  holder.end();
  EXPECT_THAT(test::read(file), testing::HasSubstr("Slurm job 4711"));
  FileLock const lock(file, "folder", milliseconds(0));
  EXPECT_THAT(test::read(file), testing::HasSubstr("process " + std::to_string(getpid())));
}

TEST(FileLock, WaitsForItsTurn) {
  test::TemporaryFolder const folder;
  auto const file = staging_lock_file(folder.path());
  Holder const holder(file);
  pid_t const killer = fork();
  if (killer == 0) {
    usleep(200'000);
    kill(holder.pid(), SIGKILL);
    _exit(0);
  }
  FileLock const lock(file, "folder", std::chrono::seconds(60));
  EXPECT_EQ(lock.state(), LockState::held);
  waitpid(killer, nullptr, 0);
}

TEST(FileLock, IsNeverThatOfAFileThatItsHolderRemoved) {
  test::TemporaryFolder const folder;
  auto const file = staging_lock_file(folder.path());
  std::optional<FileLock> first(std::in_place, file, "folder");
  std::thread remover([&first, &file] {
    std::this_thread::sleep_for(milliseconds(200));
    std::filesystem::remove(file);
    first.reset();
  });
  FileLock const second(file, "folder", std::chrono::seconds(60));
  remover.join();
  EXPECT_THAT(test::read(file), testing::StartsWith("process " + std::to_string(getpid())));
  expect_error([&] { FileLock const third(file, "folder", milliseconds(0)); }, ReturnCode::bad_input, {"in use"});
}

TEST(FileLock, IsNotTakenThroughALinkOrOnAFolder) {
  test::TemporaryFolder const folder;
  auto const target = folder / "target";
  test::write(target, "content");
  std::filesystem::create_symlink(target, folder / "lock");
  expect_error([&] { FileLock const lock(folder / "lock", "folder"); }, ReturnCode::bad_input,
               {"lock", "symbolic link"});
  EXPECT_EQ(test::read(target), "content");
  std::filesystem::create_directory(folder / "folder");
  expect_error([&] { FileLock const lock(folder / "folder", "folder"); }, ReturnCode::bad_input, {"folder"});
  expect_error([&] { FileLock const lock(folder / "missing/lock", "folder"); }, ReturnCode::bad_input, {"missing"});
}

TEST(FileLock, LeavesWhatItDidNotWriteAsItIs) {
  test::TemporaryFolder const folder;
  auto const file = folder / "thesis.lock";
  for (std::string const text :
       {"years of work", "process", "process 12 on n1, since 2025-08-12T15:01:02Z\nyears of work\n",
        "process of work on paper, since 2025Z\n"}) {
    test::write(file, text);
    expect_error([&] { FileLock const lock(file, "folder", milliseconds(0)); }, ReturnCode::bad_input,
                 {"thesis.lock", "something else", "move it away"});
    EXPECT_EQ(test::read(file), text);
  }
}

TEST(FileLock, IsNotTakenOnAFileWithAnotherName) {
  test::TemporaryFolder const folder;
  test::write(folder / "own", "");
  std::filesystem::create_hard_link(folder / "own", folder / "lock");
  expect_error([&] { FileLock const lock(folder / "lock", "folder"); }, ReturnCode::bad_input,
               {"lock", "another name"});
  EXPECT_EQ(test::read(folder / "own"), "");
}

TEST(FileLock, IsNotTakenOnAnotherUsersFile) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can make a file of another user";
  }
  test::TemporaryFolder const folder;
  test::write(folder / "lock", "");
  ASSERT_EQ(chown((folder / "lock").c_str(), 4711, 4711), 0);
  expect_error([&] { FileLock const lock(folder / "lock", "folder"); }, ReturnCode::bad_input,
               {"lock", "another user"});
}

TEST(LockFiles, LieBesideWhatTheyGuard) {
  EXPECT_EQ(staging_lock_file("/s"), "/s/.laue-bench.lock");
  EXPECT_EQ(output_lock_file("/r/results.jsonl"), "/r/results.jsonl.lock");
}

TEST(ProcessIdentity, IsDescribedInOneLine) {
  EXPECT_EQ(describe({"n1", 7, "PBS job 3.server", "2025-08-12T15:01:02Z"}),
            "process 7 on n1, PBS job 3.server, since 2025-08-12T15:01:02Z");
  EXPECT_EQ(describe({"n1", 7, "", "2025-08-12T15:01:02Z"}), "process 7 on n1, since 2025-08-12T15:01:02Z");
  EXPECT_THAT(this_process().started, testing::MatchesRegex("[0-9-]+T[0-9:]+Z"));
}

}  // namespace
}  // namespace lauebench
