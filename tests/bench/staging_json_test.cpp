#include "bench/staging_json.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(StagingJson, HasFilesystemLockAndReplicas) {
  StagedTarget target;
  target.filesystem.type = "ext4";
  target.filesystem.reach = FilesystemReach::local;
  target.filesystem.block_sharing = BlockSharing::possible;
  target.replicas.push_back(
      {"/stage/input/scan_0.h5", 1000, "00ff", 0.5, ReplicaAction::reused, "it is the scan's", "/data/scan.h5"});
  target.notes = {StagingNote::identical_replicas_on_sharing_filesystem};
  target.replicas.front().node = 1;
  target.replicas.front().host = "n2";
  target.scope = {StagingScope::node_local, ScopeSource::token_not_seen};
  target.lock = LockState::refused;
  target.path = "/stage";
  Json const record = staging_record({}, target);
  EXPECT_EQ(record.at("staging_dir"), "/stage");
  EXPECT_EQ(record.at("scope"), "node-local");
  EXPECT_EQ(record.at("scope_found_by"), "token-not-seen");
  EXPECT_EQ(record.at("type"), "staging");
  EXPECT_EQ(record.at("filesystem").at("reach"), "local");
  EXPECT_EQ(record.at("filesystem").at("can_share_blocks"), true);
  EXPECT_TRUE(record.at("filesystem").at("free_files").is_null());
  EXPECT_TRUE(record.at("filesystem").at("total_files").is_null());
  EXPECT_TRUE(record.at("filesystem").at("stripe").is_null());
  for (char const* const name : {"free_files", "total_files", "stripe"}) {
    EXPECT_TRUE(record.at("filesystem").at("unavailable").contains(name)) << name;
  }
  EXPECT_EQ(record.at("lock"), "refused");
  EXPECT_EQ(record.at("notes").dump(), R"(["identical_replicas_on_sharing_filesystem"])");
  EXPECT_EQ(record.at("replicas").dump(),
            R"([{"path":"/stage/input/scan_0.h5","scan":"/data/scan.h5","bytes":1000,"checksum":"00ff","seconds":0.5,)"
            R"("action":"reused","reason":"it is the scan's","node":1,"host":"n2","copy_bytes_per_s":null,)"
            R"("unavailable":{"copy_bytes_per_s":"it was there and has not been copied"}}])");
}

TEST(StagingJson, HasTheSpeedAtWhichAReplicaWasCopied) {
  StagedTarget target;
  target.replicas.push_back(
      {"/stage/input/scan_0.h5", 1000, "00ff", 0.75, ReplicaAction::copied, "there was none", "/data/scan.h5", 0.5});
  Json const record = staging_record({}, target);
  EXPECT_EQ(record.at("replicas").at(0).at("copy_bytes_per_s"), 2000.0);
  EXPECT_FALSE(record.at("replicas").at(0).contains("unavailable"));
}

TEST(StagingJson, WhetherBlocksCanBeSharedMayBeUnknown) {
  StagedTarget target;
  target.filesystem.reach = FilesystemReach::network;
  Json const filesystem = staging_record({}, target).at("filesystem");
  EXPECT_TRUE(filesystem.at("can_share_blocks").is_null());
  EXPECT_EQ(filesystem.at("unavailable").at("can_share_blocks"),
            "it is for the servers to say what lies in which blocks");
}

}  // namespace
}  // namespace lauebench
