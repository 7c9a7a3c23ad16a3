#include "config/normal_path.hpp"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "config/error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

TEST(NormalPath, IsAbsoluteWithoutDotsAndSlashAtTheEnd) {
  EXPECT_EQ(normal_path("/a/./b/../c/"), "/a/c");
  EXPECT_EQ(normal_path("x/"), fs::current_path() / "x");
  EXPECT_EQ(normal_path("/"), "/");
}

/// Calls `action` in a working folder that was removed.
template <class Action>
void in_removed_folder(Action action) {
  fs::path const before = fs::current_path();
  test::TemporaryFolder const folder;
  fs::create_directory(folder / "gone");
  fs::current_path(folder / "gone");
  fs::remove(folder / "gone");
  action();
  fs::current_path(before);
}

TEST(AbsolutePath, OfARelativeNameInARemovedFolderIsBadInput) {
  in_removed_folder([] {
    for (auto* const function : {absolute_path, normal_path, real_path}) {
      try {
        static_cast<void>(function("x"));
        ADD_FAILURE() << "no error";
      } catch (Error const& error) {
        EXPECT_EQ(error.code(), ReturnCode::bad_input);
        EXPECT_NE(std::string(error.what()).find("the working folder cannot be used"), std::string::npos);
      }
      EXPECT_EQ(function("/x"), "/x");
    }
  });
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
