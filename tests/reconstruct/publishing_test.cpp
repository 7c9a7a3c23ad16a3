#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reconstruct/reconstruct.hpp"
#include "support/golden_case.hpp"
#include "support/module.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::test {
namespace {

/// What this program asked of the filesystem: "fsync <name>" and "rename <new name>", in order.
struct Calls {
  std::vector<std::string> made;
  bool recorded = false;
};

Calls& calls() {
  static Calls recorded;
  return recorded;
}

constexpr std::chrono::milliseconds fsync_takes{20};

}  // namespace

void record_fsync(int descriptor) {
  if (!calls().recorded) {
    return;
  }
  auto const path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor));
  calls().made.push_back("fsync " + path.filename().string());
  std::this_thread::sleep_for(fsync_takes);
}

void record_rename(char const* target) {
  if (calls().recorded) {
    calls().made.push_back("rename " + std::filesystem::path(target).filename().string());
  }
}

}  // namespace lauebench::test

// In place of the C library's, for this program alone.
extern "C" int recorded_fsync(int descriptor) __asm__("fsync");
extern "C" int recorded_fsync(int descriptor) {
  lauebench::test::record_fsync(descriptor);
  return static_cast<int>(syscall(SYS_fsync, descriptor));
}

extern "C" int recorded_rename(char const* from, char const* to) __asm__("rename");
extern "C" int recorded_rename(char const* from, char const* to) {
  lauebench::test::record_rename(to);
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace lauebench {
namespace {

using testing::ElementsAre;

class Publishing : public testing::Test {
 protected:
  void TearDown() override { test::calls() = {}; }

  /// Three depth images into a folder called "depths".
  RankOutcome reconstruct_three(Sync sync) {
    test::GoldenCase const golden = test::read_golden_case("leading_u16");
    std::filesystem::create_directory(folder_ / "depths");
    ReconstructionTask task;
    task.scan = golden.scan;
    task.geometry = golden.geometry;
    task.output_base = folder_ / "depths" / "out";
    task.parameters = golden.parameters;
    task.parameters.depth_range = {0.0, 2.0};
    task.memory_limit_bytes = std::uint64_t{4} << 30U;
    task.sync = sync;
    test::calls() = {{}, true};
    RankOutcome outcome = reconstruct(task, test::openmp_backend());
    test::calls().recorded = false;
    EXPECT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
    return outcome;
  }

  test::TemporaryFolder folder_;
};

TEST_F(Publishing, FilesReachTheDiskBeforeTheirNamesAndTheFolderLast) {
  RankOutcome const outcome = reconstruct_three(Sync::fsync);
  EXPECT_THAT(test::calls().made, ElementsAre("fsync out0.h5.part", "fsync out1.h5.part", "fsync out2.h5.part",
                                              "fsync outsummary.txt.part", "rename out2.h5", "rename out1.h5",
                                              "rename out0.h5", "rename outsummary.txt", "fsync depths"));
  double const asleep_s = 5 * std::chrono::duration<double>(test::fsync_takes).count();
  EXPECT_GE(outcome.phases.fsync_s, asleep_s);
  EXPECT_LT(outcome.phases.close_s, asleep_s / 5);
}

TEST_F(Publishing, WithoutFsyncThereIsNone) {
  RankOutcome const outcome = reconstruct_three(Sync::none);
  EXPECT_THAT(test::calls().made,
              ElementsAre("rename out2.h5", "rename out1.h5", "rename out0.h5", "rename outsummary.txt"));
  EXPECT_EQ(outcome.phases.fsync_s, 0.0);
}

}  // namespace
}  // namespace lauebench
