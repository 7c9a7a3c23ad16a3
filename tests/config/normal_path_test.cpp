#include "config/normal_path.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

TEST(NormalPath, IsAbsoluteWithoutDotsAndSlashAtTheEnd) {
  EXPECT_EQ(normal_path("/a/./b/../c/"), "/a/c");
  EXPECT_EQ(normal_path("x/"), fs::current_path() / "x");
  EXPECT_EQ(normal_path("/"), "/");
}

TEST(RealPath, FollowsLinksBeforeItGoesUp) {
  test::TemporaryFolder const folder;
  fs::path const real = fs::canonical(folder.path());
  fs::create_directories(real / "elsewhere/deep");
  fs::create_directory_symlink(real / "elsewhere/deep", real / "link");
  EXPECT_EQ(real_path(real / "link/../new/folder/"), real / "elsewhere/new/folder");
  EXPECT_EQ(real_path(real / "link/"), real / "elsewhere/deep");
  EXPECT_EQ(real_path(real / "new/"), real / "new");
}

TEST(RealPath, KeepsTheNameOfWhatCannotBeLookedAt) {
  test::TemporaryFolder const folder;
  fs::path const real = fs::canonical(folder.path());
  fs::create_symlink(real / "loop", real / "loop");
  EXPECT_EQ(real_path(real / "loop"), real / "loop");
}

}  // namespace
}  // namespace lauebench
