#include "staging/delete_files.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "staging/file_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::snapshot;
using test::write;

class DeleteFiles : public testing::Test {
 protected:
  std::vector<std::string> make(int count) const {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
      names.push_back("out" + std::to_string(i) + ".h5");
      write(folder_ / names.back(), "data");
    }
    return names;
  }

  void remove(std::vector<std::string> const& names) const {
    delete_files(posix::open_folder(folder_.path()), names, folder_.path());
  }

  test::TemporaryFolder folder_;
};

TEST_F(DeleteFiles, DeletesWhatIsNamedAndNothingElse) {
  auto const names = make(300);
  write(folder_ / "kept.h5", "data");
  remove(names);
  EXPECT_EQ(snapshot(folder_.path()).size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "kept.h5"));
}

TEST_F(DeleteFiles, TakesAnyNumber) {
  for (int const count : {0, 1, 15, 16, 17, 33}) {
    remove(make(count));
    EXPECT_TRUE(snapshot(folder_.path()).empty()) << count << " files";
  }
}

TEST_F(DeleteFiles, NamesTheFileThatCannotBeDeleted) {
  auto names = make(100);
  std::filesystem::remove(folder_ / "out50.h5");
  std::filesystem::create_directory(folder_ / "out50.h5");
  expect_error([&] { remove(names); }, ReturnCode::bad_input, {(folder_ / "out50.h5").string(), "directory"});
}

}  // namespace
}  // namespace lauebench
