#include "bench/dry_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_launch.hpp"

namespace lauebench {
namespace {

using test::sample_launch;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TargetInspection sample_target() {
  TargetInspection target;
  target.staging_dir = "/stage";
  target.filesystem.type = "ext4";
  target.source_bytes = {1000};
  target.space.replica_bytes = 2000;
  target.space.output_bytes = 4000;
  target.space.files = 84;
  target.space.free_bytes = 6000;
  target.space.free_files = 84;
  return target;
}

TEST(DryRun, ShowsConfigurationPointsRanksAndRoom) {
  std::string const text = dry_run_text(sample_launch("/tmp"), {sample_target()}, 1);
  EXPECT_THAT(text, HasSubstr("\"cpu_parallel\": [\n"));
  EXPECT_THAT(text, StartsWith("point      runs\ncpu-p1-t1     2\ncpu-p2-t1     2\n"));
  EXPECT_THAT(text, HasSubstr("skipped gpu-p1: no GPU visible\n"));
  EXPECT_THAT(text, HasSubstr("\n4 runs, in random order (the seed is drawn at the start)\n"
                              "plan 00112233445566778899aabbccddeeff\n"));
  EXPECT_THAT(text, HasSubstr("\n2 ranks needed, 1 present; the launch would be refused: start it with mpirun -n 2, or "
                              "add --skip-oversized\n"));
  EXPECT_THAT(text,
              HasSubstr("target /stage (ext4)\n  2 replicas of 1000 bytes; depth images of 2 reconstructions at a "
                        "time, each 41 files in 2000 bytes\n"));
  EXPECT_THAT(text, HasSubstr("needs 6000 bytes and 84 files: 6000 bytes and 84 files are free\n"));
  EXPECT_THAT(text, HasSubstr("results: /tmp/results.jsonl\n"));
  EXPECT_LT(text.find("dry run: nothing was written\n\nconfiguration:\n{\n"), text.find("\"cpu_parallel\""));
  EXPECT_THAT(text, EndsWith("}\n"));
}

TEST(DryRun, ShowsWhichReplicasAreCopiesOfWhichScan) {
  Launch launch = sample_launch("/tmp");
  launch.config.h5 = {"/data/a.h5", "/data/b.h5", "/data/c.h5"};
  launch.plan.replicas = 2;
  TargetInspection target = sample_target();
  target.source_bytes = {1000, 900, 800};
  EXPECT_THAT(dry_run_text(launch, {target}, 2),
              HasSubstr("  2 replicas of 3 scans; depth images of 2 reconstructions at a time, each 41 files in 2000 "
                        "bytes\n"
                        "  /data/a.h5 of 1000 bytes: replicas 0\n"
                        "  /data/b.h5 of 900 bytes: replicas 1\n"
                        "  /data/c.h5 of 800 bytes: not read, there is no rank for it\n"
                        "  needs "));
  launch.plan.replicas = 4;
  launch.plan.most_parallel = 4;
  EXPECT_THAT(dry_run_text(launch, {target}, 4), HasSubstr("/data/a.h5 of 1000 bytes: replicas 0, 3\n"));
}

TEST(DryRun, NotesIdenticalReplicasWhereBlocksCanBeShared) {
  Launch launch = sample_launch("/tmp");
  TargetInspection target = sample_target();
  target.filesystem.block_sharing = BlockSharing::impossible;
  EXPECT_THAT(dry_run_text(launch, {target}, 2), Not(HasSubstr("note: ")));
  target.filesystem.block_sharing = BlockSharing::possible;
  EXPECT_THAT(dry_run_text(launch, {target}, 2), HasSubstr("\n  note: some replicas are identical, and ext4 can"));
  launch.config.h5 = {"/data/a.h5", "/data/b.h5"};
  target.source_bytes = {1000, 1000};
  EXPECT_THAT(dry_run_text(launch, {target}, 2), Not(HasSubstr("note: ")));
}

TEST(DryRun, NamesTheSeedThatWasGivenAndWarmUpsApart) {
  Launch launch = sample_launch("/tmp");
  launch.config.seed = 7;
  launch.plan.runs.insert(launch.plan.runs.begin(), {0, 0, RunKind::warmup});
  std::string const text = dry_run_text(launch, {sample_target()}, 2);
  EXPECT_THAT(text, StartsWith("point      runs\ncpu-p1-t1     2\n"));
  EXPECT_THAT(text, HasSubstr("\n4 runs and 1 warm-up, in random order (seed 7)\n"));
}

TEST(DryRun, ShowsHowManyRunsATargetMayTake) {
  Launch launch = sample_launch("/tmp");
  launch.config.target_ci_percent = 2.0;
  launch.config.max_runs = 40;
  launch.plan.target_half_width = 0.02;
  std::string const text = dry_run_text(launch, {sample_target()}, 2);
  EXPECT_THAT(text, StartsWith("point         runs\ncpu-p1-t1  6 to 40\n"));
  EXPECT_THAT(text, HasSubstr("\nat most 4 runs, in random order"));
}

TEST(DryRun, LaunchThatWouldRunIsNotCalledRefused) {
  EXPECT_THAT(dry_run_text(sample_launch("/tmp"), {sample_target()}, 2),
              AllOf(HasSubstr("\n2 ranks needed, 2 present\n"), Not(HasSubstr("refused"))));
}

TEST(DryRun, NothingToRunIsRefused) {
  Launch launch = sample_launch("/tmp");
  launch.plan.points.clear();
  launch.plan.runs.clear();
  EXPECT_THAT(dry_run_text(launch, {sample_target()}, 2), HasSubstr("; without a point the launch would be refused\n"));
}

TEST(DryRun, LargeSizesAreToldInGibibytesToo) {
  TargetInspection target = sample_target();
  target.space.free_bytes = std::uint64_t{5} << 29U;
  EXPECT_THAT(dry_run_text(sample_launch("/tmp"), {target}, 2), HasSubstr(": 2684354560 bytes (2.5 GiB) and 84 files"));
}

TEST(DryRun, SaysWhatDoesNotFit) {
  TargetInspection target = sample_target();
  EXPECT_THAT(dry_run_text(sample_launch("/tmp"), {target}, 2), Not(HasSubstr("does not fit")));
  target.space.free_bytes = 5999;
  EXPECT_THAT(dry_run_text(sample_launch("/tmp"), {target}, 2), HasSubstr("does not fit"));
  target.space.free_bytes = 6000;
  target.space.free_files = 83;
  EXPECT_THAT(dry_run_text(sample_launch("/tmp"), {target}, 2), HasSubstr("does not fit"));
}

TEST(DryRun, FilesystemThatCountsNoFilesHasRoomForAnyNumber) {
  TargetInspection target = sample_target();
  target.space.free_files.reset();
  EXPECT_THAT(dry_run_text(sample_launch("/tmp"), {target}, 2),
              HasSubstr("6000 bytes and any number of files are free\n"));
}

TEST(DryRun, CountsWhatCeilingsReadAndWrite) {
  Launch launch = sample_launch("/tmp");
  EXPECT_THAT(dry_run_text(launch, {sample_target()}, 2), Not(HasSubstr("ceilings: ")));
  launch.config.ceilings = CeilingMeasurement::on;
  EXPECT_THAT(dry_run_text(launch, {sample_target()}, 2),
              HasSubstr("\nceilings: about 39000 bytes read and 54000 bytes written at most, in the room of the depth "
                        "images\n"));
}

}  // namespace
}  // namespace lauebench
