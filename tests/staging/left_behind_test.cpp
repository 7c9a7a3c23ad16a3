#include "staging/left_behind.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "staging/file_helper.hpp"
#include "staging/file_lock.hpp"
#include "staging/output_folders.hpp"
#include "staging/own_names.hpp"
#include "staging/replicas.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::read;
using test::snapshot;
using test::write;
using testing::ElementsAre;
using testing::IsEmpty;

class LeftBehindFiles : public testing::Test {
 protected:
  LeftBehindFiles() { fs::create_directory(staging_); }

  /// As a launch of two ranks leaves the folder.
  void launch() const {
    write(folder_ / "data/scan.h5", std::string(50'000, 'x'));
    FileLock const lock(staging_lock_file(staging_), "folder");
    auto const target = stage_replicas({{folder_ / "data/scan.h5"}, staging_, {0, 1}, 0, 0}, {lock.state()},
                                       [](Importance /*importance*/, std::string_view /*line*/) {});
    OutputFolders outputs(staging_, "session-1");
    auto const run = outputs.create_run("1", {0, 1});
    write(rank_folder(run, 0) / "out0.h5", std::string(10'000, 'y'));
    write(staging_ / "results.jsonl", "{}\n");
  }

  /// "replica input/scan_0.h5"
  [[nodiscard]] std::vector<std::string> found() const {
    std::vector<std::string> lines;
    for (auto const& entry : find_left_behind(staging_)) {
      lines.push_back(entry.what + " " + entry.path.lexically_relative(staging_).string());
    }
    return lines;
  }

  [[nodiscard]] std::vector<std::string> remaining() const {
    std::vector<std::string> names;
    for (auto const& [name, content] : snapshot(staging_)) {
      names.push_back(name);
    }
    return names;
  }

  test::TemporaryFolder folder_;
  fs::path staging_ = folder_ / "stage";
};

TEST_F(LeftBehindFiles, AreReplicasOutputsManifestAndLock) {
  EXPECT_THAT(found(), IsEmpty());
  launch();
  EXPECT_THAT(found(), ElementsAre("replica input/scan_0.h5", "replica input/scan_1.h5",
                                   "list of replicas input/.laue-bench-manifest.json", "output of a run output/run_1",
                                   "output folder output", "lock .laue-bench.lock"));
}

TEST_F(LeftBehindFiles, HaveTheirBytesOnDisk) {
  launch();
  auto const on_disk = [this](char const* name) {
    struct stat status {};
    EXPECT_EQ(::stat((staging_ / name).c_str(), &status), 0) << name;
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
  };
  auto const entries = find_left_behind(staging_);
  EXPECT_EQ(entries.at(0).bytes, on_disk("input/scan_0.h5"));
  EXPECT_GE(entries.at(0).bytes, 50'000U);
  EXPECT_EQ(entries.at(3).bytes, on_disk("output/run_1/proc_0/out0.h5"));
  EXPECT_GE(entries.at(3).bytes, 10'000U);
}

TEST_F(LeftBehindFiles, AreAllThatIsRemoved) {
  launch();
  remove_left_behind(staging_);
  EXPECT_THAT(remaining(), ElementsAre("results.jsonl"));
  EXPECT_THAT(found(), IsEmpty());
  remove_left_behind(staging_);
  EXPECT_THAT(remaining(), ElementsAre("results.jsonl"));
}

TEST_F(LeftBehindFiles, OfAKilledLaunchAreKnownByTheirNames) {
  write(staging_ / "input" / temporary_name("scan_0.h5"), "half");
  write(staging_ / temporary_name("scope-1"), "");
  fs::create_directories(staging_ / "output" / temporary_name("run_1"));
  EXPECT_THAT(found(), ElementsAre("half-made copy input/" + temporary_name("scan_0.h5"),
                                   "output of a run output/" + temporary_name("run_1"),
                                   "half-made file " + temporary_name("scope-1")));
  remove_left_behind(staging_);
  // folders of these names that nobody has marked
  EXPECT_THAT(remaining(), ElementsAre("input", "output"));
}

TEST_F(LeftBehindFiles, InTheFolderOfReplicasAreThoseOfTheListAlone) {
  launch();
  auto const input = staging_ / "input";
  write(input / "scan_2.h5", "somebody's");
  write(input / "thesis.txt", "years of work");
  fs::remove(input / "scan_1.h5");
  fs::create_symlink(folder_ / "data/scan.h5", input / "scan_1.h5");
  fs::create_symlink(folder_ / "data/scan.h5", input / temporary_name("scan_3.h5"));
  remove_left_behind(staging_);
  EXPECT_THAT(remaining(), ElementsAre("input", "input/" + temporary_name("scan_3.h5"), "input/scan_1.h5",
                                       "input/scan_2.h5", "input/thesis.txt", "results.jsonl"));
  EXPECT_EQ(read(folder_ / "data/scan.h5"), std::string(50'000, 'x'));
}

TEST_F(LeftBehindFiles, AnotherFileUnderAReplicasNameIsNotOurs) {
  launch();
  write(folder_ / "mine", "mine");
  fs::rename(folder_ / "mine", staging_ / "input/scan_0.h5");
  EXPECT_THAT(found(), testing::Not(testing::Contains("replica input/scan_0.h5")));
  EXPECT_THAT(found(), testing::Contains("replica input/scan_1.h5"));
}

TEST_F(LeftBehindFiles, AListNamesReplicasOnly) {
  launch();
  auto const manifest = staging_ / "input/.laue-bench-manifest.json";
  std::string text = read(manifest);
  text.replace(text.find("scan_0.h5"), 9, "../results.jsonl");
  text.replace(text.find("scan_1.h5"), 9, "thesis.txt");
  write(manifest, text);
  write(staging_ / "input/thesis.txt", "years of work");
  remove_left_behind(staging_);
  EXPECT_THAT(remaining(),
              ElementsAre("input", "input/scan_0.h5", "input/scan_1.h5", "input/thesis.txt", "results.jsonl"));
}

TEST_F(LeftBehindFiles, StayWhereAnOutputIsForeign) {
  launch();
  write(staging_ / "output/run_1/proc_0/thesis.txt", "years of work");
  auto const before = snapshot(staging_);
  expect_error([this] { static_cast<void>(find_left_behind(staging_)); }, ReturnCode::bad_input, {"thesis.txt"});
  expect_error([this] { remove_left_behind(staging_); }, ReturnCode::bad_input, {"thesis.txt"});
  EXPECT_EQ(snapshot(staging_), before);
}

TEST_F(LeftBehindFiles, AreNotLookedForThroughLinks) {
  launch();
  for (char const* const name : {"input", "output"}) {
    fs::rename(staging_ / name, folder_ / "elsewhere");
    fs::create_directory_symlink(folder_ / "elsewhere", staging_ / name);
    auto const before = snapshot(folder_.path());
    expect_error([this] { remove_left_behind(staging_); }, ReturnCode::bad_input, {name, "symbolic link"});
    EXPECT_EQ(snapshot(folder_.path()), before);
    fs::remove(staging_ / name);
    fs::rename(folder_ / "elsewhere", staging_ / name);
  }
}

TEST_F(LeftBehindFiles, OfAnotherUserStay) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can make a file of another user";
  }
  launch();
  ASSERT_EQ(chown((staging_ / "input/scan_1.h5").c_str(), 4711, 4711), 0);
  remove_left_behind(staging_);
  EXPECT_THAT(remaining(), ElementsAre("input", "input/scan_1.h5", "results.jsonl"));
  ASSERT_EQ(chown((staging_ / "input").c_str(), 4711, 4711), 0);
  expect_error([this] { remove_left_behind(staging_); }, ReturnCode::bad_input, {"input", "another user"});
}

}  // namespace
}  // namespace lauebench
