#include "staging/stripe_layout.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "staging/file_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;

/// Stand-ins for the sites' tools, first in PATH.
class StripeLayoutOf : public testing::Test {
 public:
  StripeLayoutOf(StripeLayoutOf const&) = delete;
  StripeLayoutOf& operator=(StripeLayoutOf const&) = delete;

 protected:
  StripeLayoutOf() { ::setenv("PATH", (tools_.path().string() + ":" + before_).c_str(), 1); }
  ~StripeLayoutOf() override { ::setenv("PATH", before_.c_str(), 1); }

  /// A tool that prints its arguments, then `answer`.
  void give(std::string const& name, std::string const& answer, int status = 0) {
    test::write(tool(name),
                "#!/bin/sh\necho \"$@\"\ncat <<'END'\n" + answer + "END\nexit " + std::to_string(status) + "\n");
    std::filesystem::permissions(tool(name), std::filesystem::perms::owner_all);
  }

  [[nodiscard]] std::filesystem::path tool(std::string const& name) const { return tools_ / name; }

  static StripeLayout layout(std::string const& type) {
    StripeReading const reading = read_stripe_layout(LayoutOf::new_files, "/scratch/my data", type);
    EXPECT_TRUE(reading.layout) << reading.reason;
    return reading.layout.value_or(StripeLayout{});
  }

 private:
  std::string before_ = std::getenv("PATH");
  test::TemporaryFolder tools_;
};

TEST_F(StripeLayoutOf, LustreIsAskedOfLfs) {
  give("lfs", "/scratch/my data\nstripe_count:  4 stripe_size:   1048576 pattern:       raid0 stripe_offset: -1\n");
  StripeLayout const found = layout("lustre");
  EXPECT_EQ(found.tool, "lfs getstripe -d");
  EXPECT_EQ(found.stripe_count, 4);
  EXPECT_EQ(found.stripe_bytes, 1048576U);
  EXPECT_THAT(found.text, testing::StartsWith("getstripe -d /scratch/my data\n"));
}

TEST_F(StripeLayoutOf, AllTargetsOfLustreAreMinusOne) {
  give("lfs", "stripe_count:  -1 stripe_size:   4194304 pattern: raid0 stripe_offset: -1\n");
  EXPECT_EQ(layout("lustre").stripe_count, -1);
}

TEST_F(StripeLayoutOf, PartsThatDifferHaveNoNumberOfTheirOwn) {
  give("lfs",
       "lcm_entry_count: 2\n  lcme_extent.e_end: 4194304\n    stripe_count:  1  stripe_size: 1048576\n"
       "  lcme_extent.e_end: EOF\n    stripe_count:  8  stripe_size: 4194304\n");
  StripeLayout const found = layout("lustre");
  EXPECT_FALSE(found.stripe_count);
  EXPECT_FALSE(found.stripe_bytes);
  EXPECT_THAT(found.text, HasSubstr("stripe_count:  8"));
}

TEST_F(StripeLayoutOf, BeegfsIsAskedOfItsToolOfEitherVersion) {
  std::string const answer =
      "Stripe pattern details:\n+ Type: RAID0\n+ Chunksize: 512K\n+ Number of storage targets: desired: 2; actual: 2\n";
  give("beegfs-ctl", "unknown option\n", 1);
  give("beegfs", answer);
  StripeLayout const newer = layout("beegfs");
  EXPECT_EQ(newer.tool, "beegfs entry info --retro");
  EXPECT_EQ(newer.stripe_count, 2);
  EXPECT_EQ(newer.stripe_bytes, 512U << 10U);
  give("beegfs-ctl", answer);
  EXPECT_EQ(layout("beegfs").tool, "beegfs-ctl --getentryinfo");
}

TEST_F(StripeLayoutOf, GpfsIsItsToolsText) {
  give("mmlsattr", "storage pool name:    system\n");
  StripeLayout const found = layout("gpfs");
  EXPECT_FALSE(found.stripe_count);
  EXPECT_THAT(found.text, HasSubstr("storage pool name:    system"));
}

TEST_F(StripeLayoutOf, ToolsWithoutAnAnswerAreTheReason) {
  give("beegfs-ctl", "", 7);
  give("beegfs", "", 1);
  StripeReading const reading = read_stripe_layout(LayoutOf::new_files, "/scratch", "beegfs");
  EXPECT_FALSE(reading.layout);
  EXPECT_EQ(
      reading.reason,
      "'beegfs-ctl --getentryinfo': it failed with status 7; 'beegfs entry info --retro': it failed with status 1");
}

TEST_F(StripeLayoutOf, AFileIsAskedForItself) {
  give("lfs", "lmm_stripe_count:  2\nlmm_stripe_size:   65536\nlmm_pattern: raid0\n");
  StripeReading const reading = read_stripe_layout(LayoutOf::file, "/scratch/file", "lustre");
  ASSERT_TRUE(reading.layout);
  EXPECT_EQ(reading.layout->tool, "lfs getstripe");
  EXPECT_EQ(reading.layout->stripe_count, 2);
  EXPECT_EQ(reading.layout->stripe_bytes, 65536U);
  EXPECT_THAT(reading.layout->text, testing::StartsWith("getstripe /scratch/file\n"));
}

TEST_F(StripeLayoutOf, IsSetByLfs) {
  test::TemporaryFolder const log;
  auto const said = log / "said";
  give("lfs", "");
  test::write(tool("lfs"), "#!/bin/sh\nfor word; do echo \"<$word>\"; done > '" + said.string() + "'\n");
  set_stripe_layout("/scratch/my data", " -c 4  -S 1m", "--stripe-input");
  EXPECT_EQ(test::read(said), "<setstripe>\n<-c>\n<4>\n<-S>\n<1m>\n</scratch/my data>\n");
  set_stripe_layout("/scratch/my data", "", "--stripe-input");
  EXPECT_EQ(test::read(said), "<setstripe>\n<-d>\n</scratch/my data>\n") << "the filesystem's own again";
}

TEST_F(StripeLayoutOf, ThatCannotBeSetIsAnErrorWithTheToolsWords) {
  give("lfs", "", 95);
  test::expect_error([] { set_stripe_layout("/scratch", "-c 4", "--stripe-output"); }, ReturnCode::bad_input,
                     {"'/scratch'", "lfs setstripe -c 4 /scratch", "it failed with status 95: setstripe -c 4 /scratch",
                      "--stripe-output"});
}

TEST_F(StripeLayoutOf, OtherFilesystemsAreNotAskedFor) {
  EXPECT_EQ(read_stripe_layout(LayoutOf::file, "/scratch/file", "ext4").reason,
            "filesystems of type ext4 have no tool for it that is known here");
}

}  // namespace
}  // namespace lauebench
