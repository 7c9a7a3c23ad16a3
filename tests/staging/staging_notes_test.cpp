#include "staging/staging_notes.hpp"

#include <gmock/gmock.h>

namespace lauebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto identical = StagingNote::identical_replicas_on_sharing_filesystem;

FilesystemFacts with(BlockSharing sharing) {
  FilesystemFacts facts;
  facts.type = "btrfs";
  facts.block_sharing = sharing;
  return facts;
}

TEST(StagingNotes, IdenticalReplicasMatterWhereBlocksCanBeShared) {
  using enum ReplicaContents;
  EXPECT_THAT(staging_notes(with(BlockSharing::possible), some_identical), ElementsAre(identical));
  EXPECT_THAT(staging_notes(with(BlockSharing::possible), different), IsEmpty());
  EXPECT_THAT(staging_notes(with(BlockSharing::impossible), some_identical), IsEmpty());
  EXPECT_THAT(staging_notes(with(BlockSharing::unknown), some_identical), IsEmpty());
}

TEST(StagingNotes, SayWhatToDo) {
  EXPECT_EQ(to_string(identical), "identical_replicas_on_sharing_filesystem");
  EXPECT_THAT(advice(identical, with(BlockSharing::possible)), HasSubstr("btrfs can keep identical files"));
  EXPECT_THAT(advice(identical, with(BlockSharing::possible)), HasSubstr("give --h5 several times"));
}

}  // namespace
}  // namespace lauebench
