#include "bench/node_staging.hpp"

#include <cstddef>
#include <optional>
#include <stdexcept>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

Replica replica(ReplicaAction action, std::optional<double> copy_s) {
  Replica made{"/local/input/scan_3.h5", 1000, "00ff", 0.1 + 0.2, action, "the reason", "/data/scan.h5", copy_s};
  made.number = 3;
  made.node = 1;
  made.host = "n2";
  made.state = {1000, 17, 18, 19};
  return made;
}

TEST(NodeStagingMessage, ComesBackAsItWas) {
  StagedTarget target;
  target.filesystem.type = "xfs";
  target.copy_wall_s = 0.7;
  for (ReplicaAction const action : {ReplicaAction::copied, ReplicaAction::reused, ReplicaAction::replaced}) {
    target.replicas.push_back(replica(action, action == ReplicaAction::reused ? std::nullopt : std::optional(0.3)));
  }
  NodeStaging const told = node_staging_from_message(to_message(target));
  EXPECT_EQ(told.filesystem_type, "xfs");
  EXPECT_EQ(told.copy_wall_s, target.copy_wall_s);
  ASSERT_EQ(told.replicas.size(), target.replicas.size());
  for (std::size_t i = 0; i < told.replicas.size(); ++i) {
    Replica const& sent = target.replicas[i];
    Replica const& received = told.replicas[i];
    EXPECT_EQ(received.path, sent.path);
    EXPECT_EQ(received.bytes, sent.bytes);
    EXPECT_EQ(received.checksum, sent.checksum);
    EXPECT_EQ(received.seconds, sent.seconds);
    EXPECT_EQ(received.action, sent.action);
    EXPECT_EQ(received.reason, sent.reason);
    EXPECT_EQ(received.scan, sent.scan);
    EXPECT_EQ(received.copy_s, sent.copy_s);
    EXPECT_EQ(received.number, sent.number);
    EXPECT_EQ(received.node, sent.node);
    EXPECT_EQ(received.host, sent.host);
    EXPECT_EQ(received.state, sent.state);
  }
}

TEST(NodeStagingMessage, AnythingElseIsAnError) {
  EXPECT_THROW(static_cast<void>(node_staging_from_message("")), std::runtime_error);
  EXPECT_THROW(static_cast<void>(node_staging_from_message(R"({"replicas": []})")), std::runtime_error);
}

}  // namespace
}  // namespace lauebench
