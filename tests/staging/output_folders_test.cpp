#include "staging/output_folders.hpp"

#include <filesystem>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "staging/file_helper.hpp"
#include "staging/own_names.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::read;
using test::snapshot;
using test::write;
using testing::HasSubstr;

class OutputFolder : public testing::Test {
 protected:
  [[nodiscard]] OutputFolders open() const { return {folder_.path(), "session-1"}; }

  /// A finished run with files in it, as ranks leave it.
  fs::path finished_run(std::string const& run_id) const {
    auto outputs = open();
    auto run = outputs.create_run(run_id, {0, 1});
    for (int i = 0; i < 2; ++i) {
      for (auto const* const name : {"out0.h5", "out1.h5", "out2.h5.part", "outsummary.txt", "outsummary.txt.part"}) {
        write(rank_folder(run, i) / name, "data");
      }
    }
    return run;
  }

  /// Clearing must name `what` and leave everything as it is; looking alone must say the same.
  void expect_refused(std::string const& what, std::string const& why) const {
    auto const before = snapshot(output_);
    for (std::function<void()> const& call :
         {std::function<void()>([this] { open().clear_previous(); }),
          std::function<void()>([this] { static_cast<void>(find_previous_output(folder_.path())); })}) {
      expect_error(call, ReturnCode::bad_input, {what, why});
    }
    EXPECT_EQ(snapshot(output_), before);
  }

  test::TemporaryFolder folder_;
  fs::path output_ = folder_ / "output";
};

TEST_F(OutputFolder, HoldsMarkedRunFoldersWithOneFolderPerRank) {
  auto outputs = open();
  auto const run = outputs.create_run("20250812T150102Z-0", {0, 1, 2});
  EXPECT_EQ(run, output_ / "run_20250812T150102Z-0");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(fs::is_directory(run / ("proc_" + std::to_string(i))));
    EXPECT_EQ(rank_folder(run, i), run / ("proc_" + std::to_string(i)));
  }
  EXPECT_THAT(read(run / marker_name), HasSubstr("session session-1"));
  EXPECT_THAT(read(run / marker_name), HasSubstr("process " + std::to_string(getpid())));
  EXPECT_EQ(snapshot(output_).size(), 6U) << "marker; run with marker and three folders";
}

TEST_F(OutputFolder, IsClearedOfAllEarlierRuns) {
  finished_run("1");
  finished_run("2");
  auto outputs = open();
  outputs.clear_previous();
  EXPECT_EQ(snapshot(output_).size(), 1U);
  EXPECT_TRUE(fs::exists(output_ / marker_name));
  outputs.clear_previous();
  auto const run = outputs.create_run("2", {0});
  EXPECT_TRUE(fs::is_directory(run));
}

TEST_F(OutputFolder, TellsWhatEarlierRunsHold) {
  EXPECT_EQ(find_previous_output(folder_.path()).files, 0U);
  finished_run("1");
  ::sync();
  auto const found = find_previous_output(folder_.path());
  EXPECT_EQ(found.files, 2U + 2U * 6U) << "run and marker; per rank a folder and five files";
  EXPECT_GE(found.bytes, 40U);
}

TEST_F(OutputFolder, ThatWasThereEmptyOrWithRunsIsTakenOver) {
  fs::create_directory(output_);
  finished_run("1");
  fs::remove(output_ / marker_name);
  open().clear_previous();
  EXPECT_EQ(snapshot(output_).size(), 1U);
}

TEST_F(OutputFolder, SweepsHalfMadeAndHalfDeletedFoldersOfKilledLaunches) {
  static_cast<void>(open());
  fs::create_directory(output_ / ".run_1.laue-bench-tmp-7");
  write(output_ / ".run_2.laue-bench-tmp-7" / marker_name, "laue-");
  fs::create_directories(output_ / ".run_3.laue-bench-tmp-7/proc_0");
  auto const run = finished_run("4");
  fs::remove_all(rank_folder(run, 0));
  open().clear_previous();
  EXPECT_EQ(snapshot(output_).size(), 1U);
}

TEST_F(OutputFolder, WithForeignEntriesIsNotTouched) {
  auto const run = finished_run("1");
  struct Case {
    fs::path path;
    std::string why;
  };
  for (auto const& [path, why] :
       {Case{output_ / "thesis.txt", "neither"}, Case{output_ / ".laue-bench-tmp-1", "neither"},
        Case{run / "thesis.txt", "of this name"}, Case{run / "proc_0/thesis.h5", "of this name"},
        Case{run / "proc_1/outs.h5", "of this name"}, Case{run / "proc_1/out1.h5.part.part", "of this name"}}) {
    write(path, "years of work");
    expect_refused(path.string(), why);
    fs::remove(path);
  }
  for (auto const& path : {output_ / "results", run / "proc_x", run / "proc_0/out9.h5", run / "proc_0/old"}) {
    fs::create_directory(path);
    expect_refused(path.string(), "laue-bench");
    fs::remove(path);
  }
  open().clear_previous();
  EXPECT_EQ(snapshot(output_).size(), 1U);
}

TEST_F(OutputFolder, WithARunFolderWithoutOurMarkerIsNotTouched) {
  auto const run = finished_run("1");
  write(output_ / "run_2/proc_0/out0.h5", "somebody else's");
  expect_refused("run_2", "no marker");
  write(output_ / "run_2" / marker_name, "another program's");
  expect_refused("run_2", "no marker");
}

TEST_F(OutputFolder, FollowsNoLinks) {
  auto const run = finished_run("1");
  auto const elsewhere = folder_ / "elsewhere";
  write(elsewhere / "proc_0/out0.h5", "precious");
  write(elsewhere / marker_name, read(run / marker_name));
  auto const before = snapshot(elsewhere);
  struct Case {
    fs::path link;
    fs::path target;
  };
  for (auto const& [link, target] : {Case{output_ / "run_2", elsewhere}, Case{run / "proc_2", elsewhere / "proc_0"},
                                     Case{run / "proc_0/out9.h5", elsewhere / "proc_0/out0.h5"},
                                     Case{output_ / ".run_5.laue-bench-tmp-1", elsewhere}}) {
    fs::create_symlink(target, link);
    expect_refused(link.string(), "symbolic link");
    fs::remove(link);
  }
  fs::remove(run / marker_name);
  fs::create_symlink(elsewhere / marker_name, run / marker_name);
  expect_refused((run / marker_name).string(), "symbolic link");
  fs::remove_all(output_);
  fs::create_directory_symlink(elsewhere, output_);
  expect_error([&] { static_cast<void>(open()); }, ReturnCode::bad_input, {output_.string(), "symbolic link"});
  EXPECT_EQ(snapshot(elsewhere), before);
}

TEST_F(OutputFolder, ThatIsAFileIsRefused) {
  write(output_, "text");
  expect_error([&] { static_cast<void>(open()); }, ReturnCode::bad_input, {output_.string()});
  EXPECT_EQ(read(output_), "text");
}

TEST_F(OutputFolder, OfAnotherUserIsRefused) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can give files away";
  }
  auto const run = finished_run("1");
  for (auto const& path : {run / "proc_0/out0.h5", run / "proc_0", run / marker_name, run}) {
    ASSERT_EQ(chown(path.c_str(), 12345, 12345), 0);
    expect_refused(path.string(), "another user");
    ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
  }
  ASSERT_EQ(chown(output_.c_str(), 12345, 12345), 0);
  expect_refused(output_.string(), "another user");
}

TEST_F(OutputFolder, DoesNotMakeARunTwice) {
  auto outputs = open();
  static_cast<void>(outputs.create_run("1", {0}));
  expect_error([&] { static_cast<void>(outputs.create_run("1", {0})); }, ReturnCode::bad_input,
               {"run_1", "exists already"});
}

}  // namespace
}  // namespace lauebench
