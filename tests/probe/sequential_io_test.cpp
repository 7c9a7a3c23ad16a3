#include "probe/sequential_io.hpp"

#include <fstream>
#include <utility>

#include <gtest/gtest.h>

#include "config/error.hpp"
#include "support/small_disk.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::FileSizeLimit;
using test::TemporaryFolder;

constexpr std::uint64_t odd_size = (std::uint64_t{9} << 20U) + 5;

TEST(SequentialIo, ReadsTheWholeFile) {
  TemporaryFolder const folder;
  std::ofstream(folder / "file") << std::string(odd_size, 'x');
  TimedBytes const done = read_sequentially(folder / "file");
  EXPECT_EQ(done.bytes, odd_size);
  EXPECT_GT(done.seconds, 0.0);
}

TEST(SequentialIo, MissingFileIsAnErrorThatNamesIt) {
  try {
    static_cast<void>(read_sequentially("/nowhere/file"));
    FAIL() << "no error";
  } catch (Error const& error) {
    EXPECT_STREQ(error.what(), "cannot read '/nowhere/file' (no such file): check the path");
  }
}

TEST(SequentialIo, WritesAsManyBytesAndLeavesNone) {
  TemporaryFolder const folder;
  for (auto const& [sync, files] :
       {std::pair{Sync::none, 1U}, std::pair{Sync::fsync, 1U}, std::pair{Sync::fsync, 7U}}) {
    TimedBytes const done = write_sequentially(folder / "file", {odd_size, files}, sync);
    EXPECT_EQ(done.bytes, odd_size);
    EXPECT_GT(done.seconds, 0.0);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
}

TEST(SequentialIo, WriteThatFailsLeavesNothing) {
  TemporaryFolder const folder;
  FileSizeLimit const limit(rlim_t{5} << 20U);
  try {
    static_cast<void>(write_sequentially(folder / "file", {odd_size, 1}, Sync::none));
    FAIL() << "no error";
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::io_error);
    EXPECT_NE(std::string(error.what()).find("File too large"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(SequentialIo, NoFileIsMuchLargerThanAnother) {
  TemporaryFolder const folder;
  FileSizeLimit const limit(rlim_t{5} << 20U);
  EXPECT_EQ(write_sequentially(folder / "file", {odd_size, 2}, Sync::none).bytes, odd_size);
}

TEST(SequentialIo, IsCancelledBetweenBlocksAndLeavesNothing) {
  TemporaryFolder const folder;
  int left = 2;
  Cancellation const after_two_blocks([&left]() -> std::optional<Error> {
    return left-- > 0 ? std::nullopt : std::optional(Error(ReturnCode::cancelled, "enough", "two blocks", "go on"));
  });
  EXPECT_THROW(static_cast<void>(write_sequentially(folder / "file", {odd_size, 1}, Sync::none, after_two_blocks)),
               Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  std::ofstream(folder / "file") << std::string(odd_size, 'x');
  left = 2;
  EXPECT_THROW(static_cast<void>(read_sequentially(folder / "file", after_two_blocks)), Error);
}

TEST(SequentialIo, FileThatIsThereIsKept) {
  TemporaryFolder const folder;
  std::ofstream(folder / "file") << "mine";
  EXPECT_THROW(static_cast<void>(write_sequentially(folder / "file", {1, 1}, Sync::none)), Error);
  EXPECT_EQ(std::filesystem::file_size(folder / "file"), 4U);
}

}  // namespace
}  // namespace lauebench
