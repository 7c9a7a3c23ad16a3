#include "probe/library_versions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

TEST(LibraryVersions, CudaDriverHasAVersionOrAReason) {
  auto const version = cuda_driver_version();
  if (auto const* unknown = std::get_if<Unknown>(&version)) {
    EXPECT_THAT(unknown->reason, HasSubstr("libcuda.so.1"));
  } else {
    EXPECT_THAT(std::get<std::string>(version), MatchesRegex("[0-9]+\\.[0-9]+"));
  }
}

}  // namespace
}  // namespace lauebench
