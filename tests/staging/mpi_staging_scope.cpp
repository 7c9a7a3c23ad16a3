#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "cluster/mpi_communicator.hpp"
#include "staging/file_helper.hpp"
#include "staging/staging_scope.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// Every rank counts as a node of its own.
class MpiStagingScope : public testing::Test {
 protected:
  MpiStagingScope() {
    nodes_.count = ranks_->size();
    for (int rank = 0; rank < ranks_->size(); ++rank) {
      nodes_.ranks.push_back({rank, 0, 1, "n" + std::to_string(rank + 1)});
    }
  }

  [[nodiscard]] FoundScope find(StagingScope wish, fs::path const& folder) const {
    return find_staging_scope(wish, folder, "session-1", *ranks_, nodes_);
  }

  [[nodiscard]] bool is_last() const { return ranks_->rank() == ranks_->size() - 1; }

  std::unique_ptr<Communicator> ranks_ = make_mpi_communicator();
  Nodes nodes_;
  test::TemporaryFolder own_;
  fs::path roots_ = ranks_->broadcast(own_.path().string());
};

TEST_F(MpiStagingScope, IsSharedWhereAllNodesSeeTheToken) {
  FoundScope const expected{StagingScope::shared,
                            ranks_->size() == 1 ? ScopeSource::one_node : ScopeSource::token_seen};
  EXPECT_EQ(find(StagingScope::automatic, roots_), expected);
  EXPECT_TRUE(fs::is_empty(own_.path())) << "the token is gone";
  ranks_->barrier();
}

TEST_F(MpiStagingScope, IsNodeLocalWhereNoOtherNodeDoes) {
  bool const is_alone = ranks_->size() == 1;
  FoundScope const expected{is_alone ? StagingScope::shared : StagingScope::node_local,
                            is_alone ? ScopeSource::one_node : ScopeSource::token_not_seen};
  EXPECT_EQ(find(StagingScope::automatic, own_.path()), expected);
  EXPECT_EQ(find(StagingScope::automatic, ranks_->is_root() ? own_.path() : own_ / "missing/deep"), expected);
}

TEST_F(MpiStagingScope, OfSomeNodesIsAnErrorThatNamesThem) {
  if (ranks_->size() < 3) {
    return;  // there are no two other nodes that could differ
  }
  test::expect_error([this] { static_cast<void>(find(StagingScope::automatic, is_last() ? own_.path() : roots_)); },
                     ReturnCode::bad_input,
                     {"shared by some nodes only", "what n1 writes there is seen on n2, n3, not on n4"});
  EXPECT_TRUE(fs::is_empty(own_.path()));
  ranks_->barrier();
}

TEST_F(MpiStagingScope, IsWhatWasAskedForWithoutALook) {
  for (StagingScope const wish : {StagingScope::shared, StagingScope::node_local}) {
    EXPECT_EQ(find(wish, "/does/not/exist"), (FoundScope{wish, ScopeSource::asked}));
  }
}

TEST_F(MpiStagingScope, TokenThatCannotBeWrittenEndsAllRanks) {
  if (ranks_->size() > 1) {
    test::expect_error([this] { static_cast<void>(find(StagingScope::automatic, roots_ / "missing")); },
                       ReturnCode::bad_input, {"missing"});
  }
}

}  // namespace
}  // namespace lauebench
