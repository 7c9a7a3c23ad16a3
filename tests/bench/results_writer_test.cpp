#include "bench/results_writer.hpp"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/error.hpp"
#include "scratch_folder.hpp"
#include "support/small_disk.hpp"

namespace lauebench {
namespace {

using test::FileSizeLimit;
using test::ScratchFolder;
using test::text_of;
using test::write_text;
using testing::AllOf;
using testing::HasSubstr;

template <class Action>
std::string message_of(Action action, ReturnCode code) {
  try {
    action();
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "nothing was thrown";
}

TEST(ResultsWriter, CreatesTheFileAndAppendsWholeLines) {
  ScratchFolder const folder;
  ResultsWriter writer(folder / "results.jsonl");
  writer.append("{\"a\":1}");
  EXPECT_EQ(text_of(folder / "results.jsonl"), "{\"a\":1}\n");
  writer.append("{\"b\":2}");
  EXPECT_EQ(text_of(folder / "results.jsonl"), "{\"a\":1}\n{\"b\":2}\n");
  EXPECT_EQ(writer.last_line(), LastLine::whole);
}

TEST(ResultsWriter, NewFileCanBeReadByAll) {
  ScratchFolder const folder;
  mode_t const mask_before = ::umask(022);
  ResultsWriter const writer(folder / "results.jsonl");
  ::umask(mask_before);
  struct stat status {};
  ASSERT_EQ(::stat(writer.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
}

TEST(ResultsWriter, KeepsWhatIsThere) {
  ScratchFolder const folder;
  write_text(folder / "results.jsonl", "{\"type\":1}\n");
  ResultsWriter writer(folder / "results.jsonl");
  writer.append("{}");
  EXPECT_EQ(text_of(folder / "results.jsonl"), "{\"type\":1}\n{}\n");
}

TEST(ResultsWriter, StartsALineOfItsOwnBehindATornOne) {
  ScratchFolder const folder;
  write_text(folder / "results.jsonl", "{\"type\":1}\n{\"torn\":");
  ResultsWriter writer(folder / "results.jsonl");
  EXPECT_EQ(writer.last_line(), LastLine::torn);
  EXPECT_EQ(text_of(folder / "results.jsonl"), "{\"type\":1}\n{\"torn\":") << "opening alone changes nothing";
  writer.append("{}");
  writer.append("[]");
  EXPECT_EQ(text_of(folder / "results.jsonl"), "{\"type\":1}\n{\"torn\":\n{}\n[]\n");
}

TEST(ResultsWriter, StartsALineOfItsOwnBehindOneThatWasTornMeanwhile) {
  ScratchFolder const folder;
  ResultsWriter writer(folder / "results.jsonl");
  writer.append("{}");
  std::ofstream(folder / "results.jsonl", std::ios::app) << "{\"torn\":";
  writer.append("[]");
  std::ofstream(folder / "results.jsonl", std::ios::app) << "{\"whole\":1}\n";
  writer.append("[1]");
  EXPECT_EQ(text_of(folder / "results.jsonl"), "{}\n{\"torn\":\n[]\n{\"whole\":1}\n[1]\n");
}

TEST(ResultsWriter, ShortWriteIsCutBackToTheLastWholeLine) {
  ScratchFolder const folder;
  ResultsWriter writer(folder / "results.jsonl");
  writer.append("0123456789");
  {
    FileSizeLimit const full_disk(20);
    std::string const message = message_of([&writer] { writer.append("abcdefghijklmnop"); }, ReturnCode::io_error);
    EXPECT_THAT(message, AllOf(HasSubstr("results.jsonl"), HasSubstr("File too large"), HasSubstr("make room")));
  }
  EXPECT_EQ(text_of(folder / "results.jsonl"), "0123456789\n");
  writer.append("after room was made");
  EXPECT_EQ(text_of(folder / "results.jsonl"), "0123456789\nafter room was made\n");
}

TEST(ResultsWriter, TornLineStaysAsItWasWhenOursDoesNotFit) {
  ScratchFolder const folder;
  write_text(folder / "results.jsonl", "{torn");
  ResultsWriter writer(folder / "results.jsonl");
  {
    FileSizeLimit const full_disk(6);
    message_of([&writer] { writer.append("0123456789"); }, ReturnCode::io_error);
  }
  EXPECT_EQ(text_of(folder / "results.jsonl"), "{torn");
}

TEST(ResultsWriter, FileThatIsRemovedComesBackWithAllItsLines) {
  ScratchFolder const folder;
  auto const path = folder.path() / "results.jsonl";
  write_text(path, "{\"type\":1}\n");
  ResultsWriter writer(path);
  writer.append("{\"a\":1}");
  std::filesystem::remove(path);
  writer.append("{\"b\":2}");
  writer.append("{\"c\":3}");
  EXPECT_EQ(text_of(path), "{\"type\":1}\n{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
}

TEST(ResultsWriter, FileThatIsRemovedBehindALinkComesBack) {
  ScratchFolder const folder;
  auto const path = folder.path() / "real.jsonl";
  auto const link = folder.path() / "link.jsonl";
  std::filesystem::create_symlink("real.jsonl", link);
  write_text(path, "");
  ResultsWriter writer(link);
  writer.append("{\"a\":1}");
  std::filesystem::remove(path);
  writer.append("{\"b\":2}");
  EXPECT_EQ(text_of(path), "{\"a\":1}\n{\"b\":2}\n");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
}

/// NFS keeps a file that is removed while it is open, by such a name.
TEST(ResultsWriter, FileThatNfsKeepsByAnotherNameComesBack) {
  ScratchFolder const folder;
  auto const path = folder.path() / "results.jsonl";
  ResultsWriter writer(path);
  writer.append("{\"a\":1}");
  std::filesystem::rename(path, folder.path() / ".nfs000000000012d8b400000001");
  writer.append("{\"b\":2}");
  EXPECT_EQ(text_of(path), "{\"a\":1}\n{\"b\":2}\n");
}

TEST(ResultsWriter, FileThatCannotComeBackLeavesNoHalf) {
  ScratchFolder const folder;
  auto const path = folder.path() / "results.jsonl";
  ResultsWriter writer(path);
  writer.append(R"({"a":")" + std::string(1000, 'x') + R"("})");
  std::filesystem::remove(path);
  {
    FileSizeLimit const limit(100);
    EXPECT_THAT(message_of([&] { writer.append("{}"); }, ReturnCode::io_error), HasSubstr("removed during the launch"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  writer.append("{}");
  EXPECT_TRUE(text_of(path).ends_with("x\"}\n{}\n")) << "it is tried again";
}

TEST(ResultsWriter, FileThatIsMovedReplacedOrCutIsAnError) {
  ScratchFolder const folder;
  auto const path = folder.path() / "results.jsonl";
  auto const expect_refused = [&](auto const& spoil, char const* what) {
    ResultsWriter writer(path);
    writer.append("{\"type\":1}");
    spoil();
    EXPECT_THAT(message_of([&] { writer.append("{\"b\":2}"); }, ReturnCode::io_error), HasSubstr(what));
  };
  expect_refused([&] { std::filesystem::rename(path, folder.path() / "moved"); }, "moved or replaced during");
  EXPECT_EQ(text_of(folder.path() / "moved"), "{\"type\":1}\n");
  expect_refused(
      [&] {
        write_text(folder.path() / "new", "{\"type\":2}\n");
        std::filesystem::rename(folder.path() / "new", path);
      },
      "moved or replaced during");
  EXPECT_EQ(text_of(path), "{\"type\":2}\n");
  expect_refused([&] { std::filesystem::resize_file(path, 3); }, "cut during");
}

TEST(ResultsWriter, MissingFolderIsTheUsersMistake) {
  ScratchFolder const folder;
  std::string const message =
      message_of([&folder] { ResultsWriter const writer(folder / "absent/results.jsonl"); }, ReturnCode::bad_input);
  EXPECT_THAT(message, AllOf(HasSubstr("does not exist"), HasSubstr("--results")));
  EXPECT_FALSE(std::filesystem::exists(folder / "absent"));
}

TEST(ResultsWriter, FolderInPlaceOfTheFileIsTheUsersMistake) {
  ScratchFolder const folder;
  std::string const message = message_of([&folder] { check_results_path(folder.path()); }, ReturnCode::bad_input);
  EXPECT_THAT(message, HasSubstr("not a regular file"));
}

TEST(ResultsWriter, NameThatTheSystemDoesNotTakeIsTheUsersMistake) {
  ScratchFolder const folder;
  try {
    check_results_path(folder / std::string(300, 'n'));
    ADD_FAILURE() << "no error";
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    EXPECT_THAT(error.what(), HasSubstr("File name too long"));
  }
}

TEST(ResultsWriter, CheckingCreatesNothing) {
  ScratchFolder const folder;
  check_results_path(folder / "results.jsonl");
  EXPECT_FALSE(std::filesystem::exists(folder / "results.jsonl"));
}

}  // namespace
}  // namespace lauebench
