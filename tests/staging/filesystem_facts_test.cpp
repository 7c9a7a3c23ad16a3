#include "staging/filesystem_facts.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "staging/file_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

TEST(FilesystemKind, KnowsTheFilesystemsOfClusters) {
  EXPECT_EQ(filesystem_kind(0x0BD00BD0).name, "lustre");
  EXPECT_EQ(filesystem_kind(0x47504653).name, "gpfs");
  EXPECT_EQ(filesystem_kind(0x19830326).name, "beegfs");
  EXPECT_EQ(filesystem_kind(0x6969).name, "nfs");
  for (auto const magic : {0x0BD00BD0U, 0x47504653U, 0x19830326U, 0x6969U, 0x00C36400U}) {
    EXPECT_EQ(filesystem_kind(magic).reach, FilesystemReach::network);
  }
  EXPECT_EQ(filesystem_kind(0x58465342).name, "xfs");
  EXPECT_EQ(filesystem_kind(0x58465342).reach, FilesystemReach::local);
  EXPECT_EQ(filesystem_kind(0x12345678).name, "0x12345678");
  EXPECT_EQ(filesystem_kind(0x12345678).reach, FilesystemReach::unknown);
}

TEST(FilesystemKind, KnowsWhereAFileIsThatThePageCacheDoesNotHold) {
  for (auto const magic : {0xEF53U, 0x58465342U, 0x9123683EU, 0x794C7630U}) {
    EXPECT_EQ(filesystem_kind(magic).page_cache, PageCacheRole::before_disk);
  }
  for (auto const magic : {0x6969U, 0x0BD00BD0U, 0x19830326U, 0x00C36400U, 0xFF534D42U, 0x01021997U}) {
    EXPECT_EQ(filesystem_kind(magic).page_cache, PageCacheRole::before_server);
  }
  for (auto const magic : {0x01021994U, 0x858458F6U}) {
    EXPECT_EQ(filesystem_kind(magic).page_cache, PageCacheRole::is_storage);
  }
  for (auto const magic : {0x47504653U, 0x2FC12FC1U, 0x65735546U, 0x12345678U}) {
    EXPECT_EQ(filesystem_kind(magic).page_cache, PageCacheRole::bypassed) << "caches of their own";
  }
}

TEST(FilesystemFacts, OfProcAreKnown) {
  auto const facts = read_filesystem_facts("/proc/self");
  EXPECT_EQ(facts.type, "proc");
  EXPECT_EQ(facts.mount_point, "/proc");
  EXPECT_EQ(facts.page_cache, PageCacheRole::bypassed);
  EXPECT_THAT(facts.options, testing::HasSubstr("rw"));
}

TEST(FilesystemFacts, OfAFolderAgreeWithTheStandardLibrary) {
  test::TemporaryFolder const folder;
  auto const facts = read_filesystem_facts(folder.path());
  auto const space = std::filesystem::space(folder.path());
  EXPECT_EQ(facts.total_bytes, space.capacity);
  EXPECT_GT(facts.block_bytes, 0U);
  EXPECT_LE(facts.free_bytes, facts.total_bytes);
  EXPECT_FALSE(facts.type.empty());
}

TEST(FilesystemFacts, OfNothingAreAnError) {
  test::expect_error([] { static_cast<void>(read_filesystem_facts("/nonexistent/folder")); }, ReturnCode::io_error,
                     {"/nonexistent/folder"});
}

}  // namespace
}  // namespace lauebench
