#include "cluster/mount_table.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

constexpr char const* table =
    "23 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
    "40 23 0:40 /home /home rw,nosuid - nfs4 server:/export/home rw,vers=4.2\n"
    "41 23 0:41 / /mnt/with\\040blank rw master:2 propagate_from:3 - tmpfs tmpfs rw,size=1024k\n"
    "42 23 0:42 / /mnt rw - xfs /dev/sdb rw\n"
    "43 42 0:43 / /mnt rw - btrfs /dev/sdc rw\n"
    "nonsense\n";

TEST(MountTable, IsReadLineByLine) {
  auto const mounts = parse_mount_table(table);
  ASSERT_EQ(mounts.size(), 5U);
  EXPECT_EQ(mounts[0].type, "ext4");
  EXPECT_EQ(mounts[0].device, "/dev/sda1");
  EXPECT_EQ(mounts[0].options, "rw,relatime");
  EXPECT_EQ(mounts[0].super_options, "rw,errors=remount-ro");
  EXPECT_EQ(mounts[1].root, "/home");
  EXPECT_EQ(mounts[2].point, "/mnt/with blank");
}

TEST(MountTable, FindsTheLongestAndLatestMountByWholeNames) {
  auto const mounts = parse_mount_table(table);
  EXPECT_EQ(find_mount(mounts, "/home/user/x")->type, "nfs4");
  EXPECT_EQ(find_mount(mounts, "/homework")->type, "ext4");
  EXPECT_EQ(find_mount(mounts, "/")->type, "ext4");
  EXPECT_EQ(find_mount(mounts, "/mnt/data")->type, "btrfs");
  EXPECT_EQ(find_mount({}, "/x"), nullptr);
}

TEST(MountTable, OfThisProcessHoldsARoot) {
  auto const mounts = read_mount_table();
  ASSERT_NE(find_mount(mounts, "/"), nullptr);
  EXPECT_TRUE(read_mount_table("/nonexistent").empty());
}

}  // namespace
}  // namespace lauebench
