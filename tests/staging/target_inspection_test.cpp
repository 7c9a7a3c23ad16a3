#include "staging/target_inspection.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "staging/file_helper.hpp"
#include "staging/output_folders.hpp"
#include "staging/own_names.hpp"
#include "staging/replicas.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::write;

class InspectTarget : public testing::Test {
 protected:
  InspectTarget() { write(scan_, std::string(10'000, 's')); }

  [[nodiscard]] StagingRequest request(int replicas) const {
    return {{scan_}, staging_, first_numbers(replicas), 1000, 3};
  }

  test::TemporaryFolder folder_;
  fs::path scan_ = folder_ / "data/scan.h5";
  fs::path staging_ = folder_ / "a/b/staging";
};

TEST_F(InspectTarget, OfAFolderThatDoesNotExistLooksAtTheNearestAndWritesNothing) {
  auto const before = test::snapshot(folder_.path());
  auto const inspection = inspect_target(request(2));
  EXPECT_EQ(inspection.staging_dir, staging_);
  EXPECT_EQ(inspection.existing_folder, folder_.path());
  EXPECT_EQ(inspection.source_bytes, std::vector<std::uint64_t>{10'000U});
  ASSERT_EQ(inspection.replicas.size(), 2U);
  EXPECT_EQ(inspection.replicas[1].path, staging_ / "input/scan_1.h5");
  EXPECT_EQ(inspection.replicas[1].presence, ReplicaPresence::missing);
  EXPECT_EQ(inspection.space.replica_bytes, 20'000U);
  EXPECT_EQ(inspection.space.spare_bytes, 0U);
  EXPECT_EQ(inspection.space.output_bytes, 1000 + 3 * inspection.filesystem.block_bytes);
  EXPECT_EQ(inspection.space.needed_bytes(), 21'000 + 3 * inspection.filesystem.block_bytes);
  EXPECT_GE(inspection.space.files, 5U);
  EXPECT_EQ(inspection.space.free_bytes, inspection.filesystem.free_bytes);
  EXPECT_EQ(test::snapshot(folder_.path()), before);
}

TEST_F(InspectTarget, FoldersThatAreGivenTwiceAreRefused) {
  fs::create_directories(staging_);
  fs::path const link = folder_ / "link";
  fs::create_directory_symlink(staging_, link);
  check_staging_places({staging_, folder_ / "other", staging_ / "below"});
  for (auto const& again : {staging_, link}) {
    expect_error(
        [&] {
          check_staging_places({staging_, folder_ / "other", again});
        },
        ReturnCode::bad_input, {again.string(), "it is given twice"});
  }
  expect_error(
      [&] {
        check_staging_places({folder_ / "new", folder_ / "new"});
      },
      ReturnCode::bad_input, {"it is given twice"});
}

TEST_F(InspectTarget, CountsWhatIsThere) {
  make_staging_folder(staging_);
  EXPECT_TRUE(fs::is_directory(staging_));
  static_cast<void>(stage_replicas(request(2), {}, [](Importance, std::string_view) {}));
  write(staging_ / "input/scan_1.h5", "short");
  write(staging_ / "input/.scan_9.h5.laue-bench-tmp-1", "");
  auto const inspection = inspect_target(request(3));
  EXPECT_NE(inspection.replicas[0].presence, ReplicaPresence::missing);
  EXPECT_EQ(inspection.replicas[1].presence, ReplicaPresence::unproven);
  EXPECT_EQ(inspection.replicas[2].presence, ReplicaPresence::missing);
  EXPECT_EQ(inspection.space.replica_bytes, (10'000U - 5U) + 10'000U);
  EXPECT_EQ(inspection.space.spare_bytes, 5U) << "the short one is there until the whole one is";
}

TEST_F(InspectTarget, TakesSeveralScansInTurn) {
  fs::path const other = folder_ / "data/other.h5";
  write(other, std::string(7'000, 'o'));
  StagingRequest several = request(3);
  several.sources = {scan_, other};
  auto const inspection = inspect_target(several);
  EXPECT_EQ(inspection.source_bytes, (std::vector<std::uint64_t>{10'000, 7'000}));
  EXPECT_EQ(inspection.replicas[1].path, staging_ / "input/other_1.h5");
  EXPECT_EQ(inspection.replicas[2].path, staging_ / "input/scan_2.h5");
  EXPECT_EQ(inspection.space.replica_bytes, 27'000U);
  make_staging_folder(staging_);
  EXPECT_EQ(inspect_target(several).space.replica_bytes, 27'000U) << "in a folder that is there, too";
  write(staging_ / "input/other_1.h5", "years of work");
  expect_error([&] { static_cast<void>(inspect_target(several)); }, ReturnCode::bad_input,
               {"other_1.h5", "move it away"});
  several.sources[1] = staging_ / "output/other.h5";
  write(several.sources[1], "scan");
  expect_error([&] { static_cast<void>(inspect_target(several)); }, ReturnCode::bad_input, {"lies in its"});
}

TEST_F(InspectTarget, CountsAReplicaOfAnOlderScanAsLargeAsTheNewOne) {
  make_staging_folder(staging_);
  auto const say_nothing = [](Importance, std::string_view) {};
  static_cast<void>(stage_replicas(request(2), {}, say_nothing));
  write(scan_, std::string(10'000, 't'));
  // a scan that was written just now may change once more without a later time
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  static_cast<void>(stage_replicas(request(1), {}, say_nothing));
  auto const inspection = inspect_target(request(2));
  EXPECT_EQ(inspection.replicas[0].presence, ReplicaPresence::recorded);
  EXPECT_EQ(inspection.replicas[1].presence, ReplicaPresence::unproven);
  EXPECT_EQ(inspection.space.replica_bytes, 0U);
  EXPECT_EQ(inspection.space.spare_bytes, 10'000U);
}

TEST_F(InspectTarget, CountsOutputThatWillBeClearedAsFree) {
  make_staging_folder(staging_);
  OutputFolders outputs(staging_, "session");
  auto const run = outputs.create_run("1", {0});
  write(rank_folder(run, 0) / "out0.h5", std::string(5'000'000, 'o'));
  sync();
  auto const inspection = inspect_target(request(1));
  EXPECT_GE(inspection.space.free_bytes, inspection.filesystem.free_bytes + 4'900'000);
}

TEST_F(InspectTarget, RefusesTheInputsOwnFolderByWhateverName) {
  staging_ = scan_.parent_path();
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"folder of the input"});
  fs::create_directory_symlink(scan_.parent_path(), folder_ / "alias");
  staging_ = folder_ / "alias/";
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"folder of the input"});
}

TEST_F(InspectTarget, RefusesAnInputThatWouldBeOverwrittenOrCleared) {
  for (auto const* const place : {"input/scan.h5", "output/run_1/proc_0/out1.h5"}) {
    staging_ = folder_ / "staging";
    scan_ = staging_ / place;
    write(scan_, "scan");
    expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"lies in its"});
  }
}

TEST_F(InspectTarget, RefusesAUsersOwnFileInAReplicasPlace) {
  fs::path const own = (staging_ / "input/scan_1.h5").lexically_normal();
  write(own, "years of work");
  expect_error([&] { static_cast<void>(inspect_target(request(2))); }, ReturnCode::bad_input,
               {own.string(), "move it away"});
  EXPECT_EQ(inspect_target(request(1)).replicas.size(), 1U);
}

TEST_F(InspectTarget, RefusesPlacesThatCannotBeFolders) {
  write(folder_ / "file", "text");
  staging_ = folder_ / "file/staging";
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input,
               {"file", "is not a folder"});
  fs::create_symlink("nowhere", folder_ / "dangling");
  staging_ = folder_ / "dangling/staging";
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"leads nowhere"});
}

TEST_F(InspectTarget, RefusesFoldersOfOtherStagingFolders) {
  fs::path const other = folder_ / "other";
  for (auto const* const place : {"output", "output/inner/deep", "input", "input/inner"}) {
    staging_ = other / place;
    fs::remove_all(other);
    fs::create_directories(other);
    EXPECT_EQ(inspect_target(request(1)).staging_dir, staging_) << "a name alone means nothing";
    write(other / ".laue-bench.lock", "");
    expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input,
                 {"belongs to the staging folder above it", "--staging-dir"});
  }
  staging_ = other / "elsewhere";
  EXPECT_EQ(inspect_target(request(1)).staging_dir, staging_);
}

TEST_F(InspectTarget, RefusesMarkedFoldersWhoseLockIsGone) {
  write(folder_ / "other/output/.laue-bench", "");
  staging_ = folder_ / "other/output/inner";
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"belongs to"});
  write(folder_ / "other/input/.laue-bench-manifest.json", "");
  staging_ = folder_ / "other/input/inner";
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"belongs to"});
}

TEST(CheckStagingPlace, RefusesTheRoot) {
  expect_error([] { check_staging_place("/"); }, ReturnCode::bad_input, {"root of all files"});
}

TEST(CheckStagingPlace, RefusesFilesystemsThatStoreNothing) {
  expect_error([] { check_staging_place("/proc/bench"); }, ReturnCode::bad_input,
               {"cannot stage to '/proc/bench'", "'/proc' lies on a filesystem of type proc, which stores no files"});
}

TEST_F(InspectTarget, NeedsAScan) {
  scan_ = folder_ / "missing.h5";
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"missing.h5"});
  scan_ = folder_.path();
  expect_error([&] { static_cast<void>(inspect_target(request(1))); }, ReturnCode::bad_input, {"not a regular file"});
}

TEST(MakeStagingFolder, WhereNobodyMayWriteIsAnErrorEvenForRoot) {
  for (auto const* const place : {"/proc/laue-bench-test", "/proc/self/laue-bench-test/staging"}) {
    expect_error([&] { make_staging_folder(place); }, ReturnCode::bad_input, {place});
  }
}

TEST(CheckSpace, NamesNeededAndFreeBytes) {
  SpaceNeeds needs;
  needs.replica_bytes = 600;
  needs.spare_bytes = 300;
  needs.output_bytes = 100;
  needs.free_bytes = 1000;
  check_space(needs, "/scratch");
  needs.free_bytes = 999;
  expect_error([&] { check_space(needs, "/scratch"); }, ReturnCode::bad_input,
               {"/scratch", "too small", "1000 bytes needed", "999 bytes free"});
}

TEST(CheckSpace, NamesNeededAndFreeInodesWhereTheyAreCounted) {
  SpaceNeeds needs;
  needs.files = 8;
  check_space(needs, "/scratch");
  needs.free_files = 8;
  check_space(needs, "/scratch");
  needs.free_files = 7;
  expect_error([&] { check_space(needs, "/scratch"); }, ReturnCode::bad_input, {"8 files needed", "7 inodes free"});
}

}  // namespace
}  // namespace lauebench
