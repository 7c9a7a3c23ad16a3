#include "staging/block_sharing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(BlockSharing, IsPossibleWhereFilesystemsCloneBlocks) {
  for (auto const* const type : {"btrfs", "zfs", "bcachefs", "ocfs2"}) {
    EXPECT_EQ(block_sharing("/", type, filesystem_kind(0).reach), BlockSharing::possible) << type;
  }
}

TEST(BlockSharing, IsImpossibleOnOtherLocalFilesystems) {
  for (auto const* const type : {"ext4", "tmpfs", "f2fs"}) {
    EXPECT_EQ(block_sharing("/", type, FilesystemReach::local), BlockSharing::impossible) << type;
  }
}

TEST(BlockSharing, IsUnknownWhereOthersStoreTheBlocks) {
  EXPECT_EQ(block_sharing("/", "nfs4", FilesystemReach::network), BlockSharing::unknown);
  EXPECT_EQ(block_sharing("/", "overlay", FilesystemReach::unknown), BlockSharing::unknown);
  FilesystemFacts facts;
  facts.type = "overlay";
  EXPECT_THAT(why_sharing_unknown(facts), testing::HasSubstr("overlay"));
  facts.reach = FilesystemReach::network;
  EXPECT_THAT(why_sharing_unknown(facts), testing::HasSubstr("servers"));
}

TEST(BlockSharing, OfAnXfsThatDoesNotAnswerIsUnknown) {
  EXPECT_EQ(block_sharing("/proc", "xfs", FilesystemReach::local), BlockSharing::unknown);
  EXPECT_EQ(block_sharing("/missing", "xfs", FilesystemReach::local), BlockSharing::unknown);
}

}  // namespace
}  // namespace lauebench
