#include "staging/backing_disk.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

// Loop devices take rights that tests do not have everywhere: tests/trust/test_cold.py makes some.

TEST(BackingDisk, FileThatIsMissingCannotBeLookedAt) {
  EXPECT_EQ(memory_behind_disk("/nonexistent", "/dev/vda"), "'/nonexistent' cannot be looked at");
}

TEST(BackingDisk, DiskOfAFilesystemThatNumbersItselfGoesByItsName) {
  EXPECT_EQ(memory_behind_disk("/proc/self/status", "/dev/none"), "its disk '/dev/none' cannot be looked at");
  EXPECT_EQ(memory_behind_disk("/proc/self/status", "/dev/null"), "its disk '/dev/null' cannot be looked at")
      << "no disk";
}

TEST(BackingDisk, OverlaysAreJudgedByResidencyAlone) {
  EXPECT_EQ(memory_behind_disk("/proc/self/status", "overlay"), "");
}

}  // namespace
}  // namespace lauebench
