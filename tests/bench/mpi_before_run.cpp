#include <csignal>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "bench/before_run.hpp"
#include "bench/interruption.hpp"
#include "cluster/mpi_communicator.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

class MpiBeforeRun : public testing::Test {
 protected:
  std::unique_ptr<Communicator> ranks_ = make_mpi_communicator();
  Nodes nodes_ = find_nodes(*ranks_);
  Interruption interruption_{Speaker::other_rank};
};

TEST_F(MpiBeforeRun, RunsOnceOnANodeAndAllWaitForIt) {
  std::string const log = ranks_->broadcast(fmt::format("{}/before-run-{}", testing::TempDir(), ::getpid()));
  NodePreparation const done =
      prepare_nodes(fmt::format("sleep 0.2; echo ran >> {}; exit 4", log), never, *ranks_, nodes_);
  EXPECT_EQ(test::text_of(log), "ran\n");
  EXPECT_EQ(done.signal, "");
  if (ranks_->is_root()) {
    ASSERT_EQ(static_cast<int>(done.nodes.size()), nodes_.count);
    EXPECT_EQ(done.nodes[0].host, nodes_.ranks[0].host);
    EXPECT_EQ(done.nodes[0].end.status, 4);
    EXPECT_TRUE(has_failed(done.nodes[0]));
  } else {
    EXPECT_TRUE(done.nodes.empty());
  }
  ranks_->barrier();
  if (ranks_->is_root()) {
    ::unlink(log.c_str());
  }
}

TEST_F(MpiBeforeRun, SignalOfOneRankIsKnownToAll) {
  if (ranks_->rank() == ranks_->size() - 1) {
    ASSERT_EQ(raise(SIGTERM), 0);
  }
  EXPECT_EQ(prepare_nodes("sleep 0.1", never, *ranks_, nodes_).signal, "SIGTERM");
}

TEST_F(MpiBeforeRun, CommandIsEndedWhenTheTimeIsOver) {
  NodePreparation const done = prepare_nodes("sleep 60", 0.1, *ranks_, nodes_);
  EXPECT_EQ(done.signal, "");
  for (BeforeRun const& before : done.nodes) {
    EXPECT_EQ(before.end.status, 128 + SIGTERM);
  }
}

TEST_F(MpiBeforeRun, WithoutCommandNothingIsRecorded) {
  NodePreparation const done = prepare_nodes("", never, *ranks_, nodes_);
  EXPECT_TRUE(done.nodes.empty());
  EXPECT_EQ(done.signal, "");
}

}  // namespace
}  // namespace lauebench
