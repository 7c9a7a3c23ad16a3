#include "probe/metadata_times.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "config/error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

TEST(MetadataTimes, AreThoseOfEachCallAndLeaveNothing) {
  test::TemporaryFolder const folder;
  MetadataTimes const took = time_metadata(folder.path(), 50);
  EXPECT_GT(took.create_s, 0.0);
  EXPECT_GT(took.stat_s, 0.0);
  EXPECT_GT(took.open_s, 0.0);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(MetadataTimes, FileThatIsThereIsAnErrorAndStays) {
  test::TemporaryFolder const folder;
  std::ofstream(folder / "out3.h5") << "mine";
  EXPECT_THROW(static_cast<void>(time_metadata(folder.path(), 5)), Error);
  EXPECT_EQ(fs::file_size(folder / "out3.h5"), 4U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(MetadataTimes, CancellationEndsIt) {
  test::TemporaryFolder const folder;
  Cancellation const due([] { return std::optional(Error(ReturnCode::cancelled, "it is over", "a test", "none")); });
  EXPECT_THROW(static_cast<void>(time_metadata(folder.path(), 5, due)), Error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace lauebench
