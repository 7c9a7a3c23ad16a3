#include "staging/backing_disk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "staging/file_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

// Loop devices take rights that tests do not have everywhere: tests/trust/test_cold.py makes some.

/// Of a filesystem whose files have a made-up device number.
FilesystemFacts facts_of(std::string const& device) {
  FilesystemFacts facts;
  facts.type = "btrfs";
  facts.device = device;
  return facts;
}

TEST(BackingDisk, FileThatIsMissingCannotBeLookedAt) {
  EXPECT_EQ(memory_behind_disk("/nonexistent", facts_of("/dev/vda")), "'/nonexistent' cannot be looked at");
}

TEST(BackingDisk, DiskOfAFilesystemThatNumbersItselfGoesByItsName) {
  EXPECT_EQ(memory_behind_disk("/proc/self/status", facts_of("/dev/none")), "its disk '/dev/none' cannot be looked at");
  EXPECT_EQ(memory_behind_disk("/proc/self/status", facts_of("/dev/null")), "its disk '/dev/null' cannot be looked at")
      << "no disk";
}

/// A folder that stands for a mounted overlayfs, and one for its upper layer.
class BackingDiskOfAnOverlay : public testing::Test {
 protected:
  void SetUp() override {
    for (char const* const part : {"merged", "upper"}) {
      std::filesystem::create_directories(folder_ / part / "stage");
    }
    facts_.type = "overlay";
    facts_.mount_point = std::filesystem::canonical(folder_ / "merged").string();
    facts_.options = "rw,relatime,lowerdir=/lower,upperdir=" + (folder_ / "upper").string() + ",workdir=/work";
    test::write(file_, "replica");
  }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "merged/stage/scan.h5";
  std::filesystem::path layered_ = folder_ / "upper/stage/scan.h5";
  FilesystemFacts facts_;
};

TEST_F(BackingDiskOfAnOverlay, IsThatOfItsUpperLayer) {
  test::write(layered_, "replica");
  std::filesystem::last_write_time(layered_, std::filesystem::last_write_time(file_));
  auto const below = read_filesystem_facts(folder_.path());
  EXPECT_EQ(memory_behind_disk(file_, facts_), below.page_cache == PageCacheRole::before_disk
                                                   ? memory_behind_disk(layered_, below)
                                                   : "it lies on overlayfs, whose upper layer lies on " + below.type);
}

TEST_F(BackingDiskOfAnOverlay, IsUnknownWhereTheLayerIsOutOfReachOrAnotherFolder) {
  auto const why = testing::HasSubstr("upper layer '" + (folder_ / "upper").string() + "' cannot be looked at");
  EXPECT_THAT(memory_behind_disk(file_, facts_), why);
  test::write(layered_, "another file");
  EXPECT_THAT(memory_behind_disk(file_, facts_), why) << "of another size";
  facts_.options = "ro,lowerdir=/lower";
  EXPECT_THAT(memory_behind_disk(file_, facts_), testing::HasSubstr("upper layer '' cannot be looked at"));
}

}  // namespace
}  // namespace lauebench
