#include "cluster/cgroup.hpp"

#include <cstdint>
#include <optional>

#include <gtest/gtest.h>

#include "support/kernel_files.hpp"

namespace lauebench {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

TEST(CgroupLimits, AreTheTightestOfVersion2AboveThisProcess) {
  test::KernelFiles const files;
  files.put("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n");
  files.put("proc/self/cgroup", "0::/job/step\n");
  files.put("sys/fs/cgroup/job/memory.max", "5242880\n");
  files.put("sys/fs/cgroup/job/step/memory.max", "max\n");
  files.put("sys/fs/cgroup/job/cpu.max", "400000 100000\n");
  files.put("sys/fs/cgroup/job/step/cpu.max", "150000 100000\n");
  files.put("sys/fs/cgroup/cpu.max", "max 100000\n");
  CgroupLimits const limits = cgroup_limits(files.root());
  EXPECT_EQ(limits.memory_bytes, 5 * mib);
  EXPECT_EQ(limits.cpus, 1.5);
}

TEST(CgroupLimits, OfVersion1LieInAHierarchyForEachController) {
  test::KernelFiles const files;
  files.put("proc/self/mountinfo",
            "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
            "36 31 0:33 /box /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");
  files.put("proc/self/cgroup", "4:memory:/job\n3:cpu,cpuacct:/box/job\n");
  files.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  files.put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "4194304\n");
  files.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  files.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  files.put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n");
  files.put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  CgroupLimits const limits = cgroup_limits(files.root());
  EXPECT_EQ(limits.memory_bytes, 4 * mib);
  EXPECT_EQ(limits.cpus, 2.5);
}

TEST(CgroupLimits, AreEmptyWhereNoneIsSet) {
  test::KernelFiles const files;
  EXPECT_EQ(cgroup_limits(files.root()).memory_bytes, std::nullopt);
  files.put("proc/self/mountinfo",
            "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
            "36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n");
  files.put("proc/self/cgroup", "4:memory:/\n3:cpu:/\n");
  files.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  files.put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  files.put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_limits(files.root()).memory_bytes, std::nullopt);
  EXPECT_EQ(cgroup_limits(files.root()).cpus, std::nullopt);
}

}  // namespace
}  // namespace lauebench
