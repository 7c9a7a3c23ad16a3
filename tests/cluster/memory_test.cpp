#include "cluster/memory.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "config/error.hpp"
#include "support/kernel_files.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

/// With 8 MiB available by the kernel's figure.
class KernelFiles : public test::KernelFiles {
 public:
  KernelFiles() { put("proc/meminfo", "MemTotal:       16384000 kB\nMemFree:  1 kB\nMemAvailable:    8192 kB\n"); }
  [[nodiscard]] std::uint64_t available() const { return available_memory_bytes(root()); }
};

constexpr char const* version_2_mount = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";

TEST(AvailableMemory, IsTheKernelsFigureWithoutLimits) {
  KernelFiles const files;
  EXPECT_EQ(files.available(), 8 * mib);
  files.put("proc/self/mountinfo", version_2_mount);
  files.put("proc/self/cgroup", "0::/job\n");
  files.put("sys/fs/cgroup/job/memory.max", "max\n");
  files.put("sys/fs/cgroup/job/memory.current", "1048576\n");
  EXPECT_EQ(files.available(), 8 * mib);
}

TEST(AvailableMemory, IsWhatTheTightestCgroupOfVersion2Leaves) {
  KernelFiles const files;
  files.put("proc/self/mountinfo", version_2_mount);
  files.put("proc/self/cgroup", "0::/job/step\n");
  files.put("sys/fs/cgroup/job/memory.max", std::to_string(5 * mib));
  files.put("sys/fs/cgroup/job/memory.current", std::to_string(3 * mib));
  files.put("sys/fs/cgroup/job/memory.stat", "anon 1\ninactive_file 1048576\nactive_file 524288\n");
  files.put("sys/fs/cgroup/job/step/memory.max", std::to_string(7 * mib));
  files.put("sys/fs/cgroup/job/step/memory.current", std::to_string(mib));
  EXPECT_EQ(files.available(), 5 * mib - (3 * mib - mib - mib / 2));
}

TEST(AvailableMemory, IsWhatACgroupOfVersion1Leaves) {
  KernelFiles const files;
  files.put("proc/self/mountinfo",
            "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n");
  files.put("proc/self/cgroup", "9:name=systemd:/\n4:memory,hugetlb:/job\n0::/\n");
  files.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  files.put("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
  files.put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", std::to_string(4 * mib));
  files.put("sys/fs/cgroup/memory/job/memory.usage_in_bytes", std::to_string(6 * mib));
  files.put("sys/fs/cgroup/memory/job/memory.stat",
            "inactive_file 7\ntotal_inactive_file 3145728\ntotal_active_file 0\n");
  EXPECT_EQ(files.available(), 4 * mib - 3 * mib);
}

TEST(AvailableMemory, SeesTheCgroupOfAContainerThatMountsOnlyItsPart) {
  KernelFiles const files;
  files.put("proc/self/mountinfo", "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  files.put("proc/self/cgroup", "4:memory:/docker/abc\n");
  files.put("sys/fs/cgroup/memory/memory.limit_in_bytes", std::to_string(2 * mib));
  files.put("sys/fs/cgroup/memory/memory.usage_in_bytes", "0\n");
  EXPECT_EQ(files.available(), 2 * mib);
}

TEST(AvailableMemory, OfThisMachineIsThere) {
  EXPECT_GT(available_memory_bytes(), mib);
  test::TemporaryFolder const empty;
  EXPECT_THROW(static_cast<void>(available_memory_bytes(empty.path())), Error);
}

TEST(MemoryLimitInEffect, IsTheSmallerOfLimitAndShare) {
  EXPECT_EQ(memory_limit_in_effect(100, 1000, 1), 100U);
  EXPECT_EQ(memory_limit_in_effect(900, 1000, 1), 800U);
  EXPECT_EQ(memory_limit_in_effect(900, 1000, 4), 200U);
}

}  // namespace
}  // namespace lauebench
