#include "io/scan_writer.hpp"

#include <fstream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;

ScanFileDescription small_file(std::filesystem::path const& output) {
  ScanFileDescription description;
  description.output = output;
  description.stored_frames = 5;
  description.rows = 3;
  description.columns = 4;
  description.element_type = ElementType::int32;
  description.region = {10, 20, 1, 1, 13, 22, 2048, 1024};
  for (int element = 0; element < 7; ++element) {
    description.wire_raw_um.push_back({0.5, 1.0 * element, 2.0 * element});
  }
  description.title = "a title";
  description.detector_id = "an ID";
  return description;
}

/// Value of a place in the stack: its index plus `offset`.
std::int32_t value_at(std::int64_t frame, std::int64_t row, std::int64_t column, int offset) {
  return static_cast<std::int32_t>((frame * 3 + row) * 4 + column) + offset;
}

void write_all_blocks(ScanWriter& writer, int offset) {
  for (std::int64_t index = 0; index < writer.block_count(); ++index) {
    ScanBlock const block = writer.block(index);
    std::vector<std::int32_t> values;
    for (std::int64_t frame = 0; frame < block.frames; ++frame) {
      for (std::int64_t row = 0; row < block.rows; ++row) {
        for (std::int64_t column = 0; column < block.columns; ++column) {
          values.push_back(
              value_at(block.first_frame + frame, block.first_row + row, block.first_column + column, offset));
        }
      }
    }
    writer.write_block(index, std::as_bytes(std::span(values)));
  }
}

std::vector<std::int32_t> read_back(std::filesystem::path const& file) {
  ScanReader reader(file);
  std::vector<std::int32_t> values(4 * 3 * 4);
  reader.read_rows(0, 3, std::as_writable_bytes(std::span(values)));
  return values;
}

/// Images are frames 1..4.
std::vector<std::int32_t> expected_images(int offset) {
  std::vector<std::int32_t> values(4 * 3 * 4);
  std::iota(values.begin(), values.end(), 12 + offset);
  return values;
}

std::string refusal(ScanFileDescription const& description, ReturnCode code) {
  try {
    ScanWriter const writer(description);
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "accepted";
}

TEST(ScanWriter, ContiguousFramesAreReadBack) {
  TemporaryFolder const folder;
  auto const description = small_file(folder / "scan.h5");
  ScanWriter writer(description);
  EXPECT_EQ(writer.block_count(), 5);
  EXPECT_FALSE(std::filesystem::exists(description.output));
  EXPECT_TRUE(std::filesystem::exists(folder / "scan.h5.part"));
  write_all_blocks(writer, 0);
  auto const file_bytes = writer.publish({});
  EXPECT_EQ(file_bytes, std::filesystem::file_size(description.output));
  EXPECT_FALSE(std::filesystem::exists(folder / "scan.h5.part"));
  EXPECT_EQ(read_back(description.output), expected_images(0));
  ScanReader const reader(description.output);
  EXPECT_EQ(reader.info().region.start_x, 10);
  EXPECT_EQ(reader.info().region.end_y, 22);
  EXPECT_EQ(reader.info().region.full_y, 1024);
  ASSERT_EQ(reader.info().wire_raw_um.size(), 4U);
  EXPECT_EQ(reader.info().wire_raw_um[0].x, 0.5);
  EXPECT_EQ(reader.info().wire_raw_um[0].y, 2.0);
  EXPECT_EQ(reader.info().wire_raw_um[3].z, 10.0);
}

TEST(ScanWriter, ChunksCutOffAtTheEndAreReadBack) {
  TemporaryFolder const folder;
  for (int const gzip_level : {0, 4}) {
    auto description = small_file(folder / "scan.h5");
    description.chunk = {2, 2, 3};
    description.gzip_level = gzip_level;
    description.shuffle = ByteShuffle::on;
    ScanWriter writer(description);
    EXPECT_EQ(writer.block_count(), 3 * 2 * 2);
    ScanBlock const last = writer.block(11);
    EXPECT_EQ(last.first_frame, 4);
    EXPECT_EQ(last.frames, 1);
    EXPECT_EQ(last.first_row, 2);
    EXPECT_EQ(last.rows, 1);
    EXPECT_EQ(last.first_column, 3);
    EXPECT_EQ(last.columns, 1);
    write_all_blocks(writer, 0);
    writer.publish({});
    EXPECT_EQ(read_back(description.output), expected_images(0));
  }
}

TEST(ScanWriter, UnpublishedFileIsRemoved) {
  TemporaryFolder const folder;
  {
    ScanWriter writer(small_file(folder / "scan.h5"));
    write_all_blocks(writer, 0);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ScanWriter, EarlierScanStaysUntilTheNewOneIsComplete) {
  TemporaryFolder const folder;
  auto const description = small_file(folder / "scan.h5");
  {
    ScanWriter writer(description);
    write_all_blocks(writer, 0);
    writer.publish({});
  }
  ScanWriter writer(description);
  write_all_blocks(writer, 1000);
  EXPECT_EQ(read_back(description.output), expected_images(0));
  writer.publish({});
  EXPECT_EQ(read_back(description.output), expected_images(1000));
}

/// What a killed run leaves: the file before its frames are complete.
void leave_part(ScanFileDescription const& description) {
  auto const part = description.output.string() + ".part";
  auto const kept = description.output.string() + ".kept";
  {
    ScanWriter const writer(description);
    std::filesystem::copy_file(part, kept);
  }
  std::filesystem::rename(kept, part);
}

TEST(ScanWriter, LeftOverPartIsReplaced) {
  TemporaryFolder const folder;
  auto description = small_file(folder / "scan.h5");
  for (bool const chunked : {false, true}) {
    description.chunk = chunked ? std::optional(std::array<std::int64_t, 3>{2, 2, 3}) : std::nullopt;
    leave_part(description);
    ScanWriter writer(description);
    write_all_blocks(writer, 0);
    writer.publish({});
    EXPECT_EQ(read_back(description.output), expected_images(0));
  }
  std::ofstream(folder / "scan.h5.part").flush();  // killed before anything was written
  EXPECT_NO_THROW(ScanWriter{description});
}

TEST(ScanWriter, PartThatIsNotItsOwnIsRefusedAndStays) {
  TemporaryFolder const folder;
  auto const description = small_file(folder / "scan.h5");
  auto const part = folder / "scan.h5.part";
  std::ofstream(folder / "precious") << "precious";
  auto const expect_refused = [&](std::string const& why) {
    EXPECT_THAT(refusal(description, ReturnCode::bad_input), AllOf(HasSubstr(part.string()), HasSubstr(why)));
    EXPECT_TRUE(std::filesystem::exists(part));
    EXPECT_EQ(std::filesystem::file_size(folder / "precious"), 8U);
  };
  std::filesystem::create_symlink(folder / "precious", part);
  expect_refused("symbolic link");
  std::filesystem::remove(part);
  std::filesystem::create_hard_link(folder / "precious", part);
  expect_refused("hard link");
  std::filesystem::remove(part);
  std::filesystem::copy_file(folder / "precious", part);
  expect_refused("does not begin as what this program leaves behind");
  std::filesystem::remove(part);
  std::filesystem::create_directory(part);
  expect_refused("it is a folder");
}

TEST(ScanWriter, AnOutputHasOneWriterAtATime) {
  TemporaryFolder const folder;
  auto const description = small_file(folder / "scan.h5");
  ScanWriter writer(description);
  EXPECT_THAT(refusal(description, ReturnCode::bad_input), HasSubstr("is being written by another process"));
  write_all_blocks(writer, 0);
  writer.publish({});
  EXPECT_EQ(read_back(description.output), expected_images(0));
  EXPECT_NO_THROW(ScanWriter{description});
}

TEST(ScanWriter, NameThatIsTooLong) {
  TemporaryFolder const folder;
  EXPECT_THAT(refusal(small_file(folder / std::string(253, 'x')), ReturnCode::bad_input), HasSubstr("too long"));
}

TEST(ScanWriter, RefusesTargetsThatAreNotItsOwn) {
  TemporaryFolder const folder;
  std::ofstream(folder / "notes.txt") << "notes";
  EXPECT_THAT(refusal(small_file(folder / "notes.txt"), ReturnCode::bad_input),
              HasSubstr("was not generated by this program"));
  std::filesystem::create_symlink(folder / "notes.txt", folder / "link.h5");
  EXPECT_THAT(refusal(small_file(folder / "link.h5"), ReturnCode::bad_input), HasSubstr("not a regular file"));
  EXPECT_THAT(refusal(small_file(folder.path()), ReturnCode::bad_input), HasSubstr("not a regular file"));
  EXPECT_THAT(refusal(small_file(folder / "no folder" / "scan.h5"), ReturnCode::bad_input),
              HasSubstr("there is no folder"));
  EXPECT_FALSE(std::filesystem::exists(folder / "notes.txt.part"));
}

TEST(ScanWriter, RefusesWhatDoesNotFitTheDisk) {
  TemporaryFolder const folder;
  auto description = small_file(folder / "scan.h5");
  description.stored_frames = 2'000'000'000;
  description.rows = 2048;
  description.columns = 2048;
  auto const message = refusal(description, ReturnCode::bad_input);
  auto const stack_bytes = std::uint64_t{2'000'000'000} * 2048 * 2048 * 4;
  EXPECT_THAT(message, HasSubstr("bytes are needed"));
  EXPECT_THAT(message, HasSubstr("bytes are free"));
  // The first number is the stack's size and a little for the rest.
  auto const needed = std::stoull(message.substr(message.find('(') + 1));
  EXPECT_GT(needed, stack_bytes);
  EXPECT_LT(needed, stack_bytes + stack_bytes / 1000);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace lauebench
