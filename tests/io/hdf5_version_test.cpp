#include "io/hdf5_version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

using testing::MatchesRegex;

TEST(Hdf5Version, IsParallelAndNamesItself) {
  EXPECT_EQ(hdf5_version().build, Hdf5Build::parallel);
  EXPECT_THAT(hdf5_version().version, MatchesRegex("1\\.[0-9]+\\.[0-9]+|2\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace lauebench
