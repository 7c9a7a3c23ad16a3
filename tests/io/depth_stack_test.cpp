#include "io/depth_stack.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/stat.h>

#include "expect_error.hpp"
#include "io/depth_files.hpp"
#include "io/depth_image.hpp"
#include "io/depth_image_digest.hpp"
#include "support/plain_depth_files.hpp"
#include "support/scan_fixture.hpp"
#include "support/small_disk.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using Names = std::vector<std::string>;

constexpr int rows = 6;
constexpr int columns = 8;
constexpr DepthGrid depths{-1.5, 0.5, 4};

/// [depths][rows][columns] of rows first .. first + count - 1; all values differ.
std::vector<std::int32_t> image_rows(int first, int count) {
  std::vector<std::int32_t> values;
  for (int m = 0; m < depths.count; ++m) {
    for (int i = first; i < first + count; ++i) {
      for (int j = 0; j < columns; ++j) {
        values.push_back(10000 * m + 100 * i + j);
      }
    }
  }
  return values;
}

void write_rows(DepthImageWriter& writer, int first, int count) {
  auto const values = image_rows(first, count);
  writer.write_rows(first, count, std::as_bytes(std::span(values)));
}

/// A dataset as plain HDF5 calls read it; empty when it is not there or has another size.
template <class Value>
std::vector<Value> read_dataset(std::filesystem::path const& file, char const* path, hid_t type,
                                std::vector<hsize_t> const& sizes) {
  hid_t const opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t const dataset = H5Dopen2(opened, path, H5P_DEFAULT);
  hid_t const space = H5Dget_space(dataset);
  std::vector<hsize_t> found(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, found.data(), nullptr);
  std::vector<Value> values;
  if (found == sizes) {
    values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    EXPECT_GE(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  }
  H5Sclose(space);
  H5Dclose(dataset);
  H5Fclose(opened);
  return values;
}

class DepthStack : public testing::Test {
 protected:
  void SetUp() override {
    test::write_scan(scan(), test::ScanSpec{});
    std::filesystem::create_directory(folder_ / "out");
  }

  [[nodiscard]] std::filesystem::path scan() const { return folder_ / "scan.h5"; }
  [[nodiscard]] std::filesystem::path base() const { return folder_ / "out" / "image"; }
  [[nodiscard]] std::filesystem::path stack() const { return folder_ / "out" / "image.h5"; }
  [[nodiscard]] std::filesystem::path part() const { return folder_ / "out" / "image.h5.part"; }

  [[nodiscard]] DepthStackTemplate make_template() const {
    return make_depth_stack_template(scan(), ElementType::int32, rows, columns, depths);
  }

  void write_whole(IoPath io_path = IoPath::automatic) const {
    DepthStackWriter writer(base(), make_template(), io_path);
    write_rows(writer, 0, rows);
    writer.publish();
  }

  [[nodiscard]] Names names() const {
    Names found;
    for (auto const& entry : std::filesystem::directory_iterator(folder_ / "out")) {
      found.push_back(entry.path().filename());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  /// A writer is refused before it writes anything.
  void expect_refused(std::vector<std::string> const& parts) const {
    auto const before = names();
    expect_error([&] { DepthStackWriter const writer(base(), make_template()); }, ReturnCode::bad_input, parts);
    EXPECT_EQ(names(), before);
  }

  test::TemporaryFolder folder_;
};

TEST_F(DepthStack, EveryStripeHeightAndWayOfWritingGivesTheSameFile) {
  for (int const height : {6, 1, 4}) {
    for (IoPath const io_path : {IoPath::automatic, IoPath::raw, IoPath::hdf5}) {
      auto const file_template = make_template();
      DepthStackWriter writer(base(), file_template, io_path);
      for (int row = 0; row < rows; row += height) {
        write_rows(writer, row, std::min(height, rows - row));
      }
      EXPECT_EQ(writer.bytes_written(), output_size(file_template).bytes());
      writer.sync(Sync::fsync);
      writer.publish();
      EXPECT_EQ(names(), (Names{"image.h5"}));
      EXPECT_EQ(std::filesystem::file_size(stack()), output_size(file_template).bytes());
      EXPECT_EQ(read_dataset<std::int32_t>(stack(), "/entry1/data/data", H5T_NATIVE_INT32, {4, rows, columns}),
                image_rows(0, rows))
          << "stripes of " << height;
      EXPECT_EQ(read_dataset<double>(stack(), "/entry1/depth", H5T_NATIVE_DOUBLE, {4}),
                (std::vector<double>{-1.5, -1.0, -0.5, 0.0}));
    }
  }
}

TEST_F(DepthStack, HasTheDigestOfDepthFiles) {
  write_whole();
  DepthFileWriter files(base(), depths, make_depth_file_template(scan(), ElementType::int32, rows, columns));
  write_rows(files, 0, rows);
  files.publish();
  StoredDepthImages images{base(), depths.count, rows, columns};
  auto const of_files = digest_of(images, 2);
  images.layout = OutputLayout::per_rank;
  EXPECT_EQ(digest_of(images, 2), of_files);
}

TEST_F(DepthStack, HoldsTheScansMetadata) {
  write_whole();
  hid_t const file = H5Fopen(stack().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  EXPECT_GT(H5Lexists(file, "/entry1/detector", H5P_DEFAULT), 0);
  EXPECT_EQ(H5Lexists(file, "/entry1/wire", H5P_DEFAULT), 0);
  H5Fclose(file);
}

TEST_F(DepthStack, ItsTemplateDoesNotGrowWithTheImages) {
  auto const small = make_template();
  auto const large =
      make_depth_stack_template(scan(), ElementType::float64, 1 << 14, 1 << 14, DepthGrid{0.0, 1.0, 1000});
  EXPECT_LT(large.held_bytes(), small.held_bytes() + 1000 * sizeof(double) + 4096);
  EXPECT_EQ(output_size(large).bytes(), large.held_bytes() + (std::uint64_t{1} << 28U) * 8 * 1000);
  EXPECT_NEAR(static_cast<double>(depth_stack_template_bytes(scan(), depths)), static_cast<double>(small.held_bytes()),
              8192.0);
}

TEST_F(DepthStack, ThreadsMayWriteDifferentStripes) {
  DepthStackWriter writer(base(), make_template());
  std::vector<std::thread> threads;
  threads.reserve(rows);
  for (int row = 0; row < rows; ++row) {
    threads.emplace_back([&writer, row] { write_rows(writer, row, 1); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  writer.publish();
  EXPECT_EQ(read_dataset<std::int32_t>(stack(), "/entry1/data/data", H5T_NATIVE_INT32, {4, rows, columns}),
            image_rows(0, rows));
}

TEST_F(DepthStack, NothingIncompleteLooksComplete) {
  write_whole();
  {
    DepthStackWriter writer(base(), make_template());
    write_rows(writer, 0, 4);
    EXPECT_EQ(names(), (Names{"image.h5", "image.h5.part"})) << "the earlier one stays until it is replaced";
    expect_error([&] { writer.publish(); }, ReturnCode::reconstruction_error, {"4 of 6 rows"});
  }
  EXPECT_EQ(names(), (Names{"image.h5"}));
}

TEST_F(DepthStack, WhatAKilledRunLeftIsReplacedWhateverItsLength) {
  for (std::size_t const bytes : {0U, 8U, 100'000U}) {
    std::ofstream(part()) << (bytes == 0 ? "" : "\x89HDF\r\n\x1a\n" + std::string(bytes - 8, 'x'));
    write_whole();
    EXPECT_EQ(names(), (Names{"image.h5"}));
    EXPECT_TRUE(is_depth_stack(stack()));
  }
}

TEST_F(DepthStack, OnlyStacksAreReplaced) {
  std::ofstream(part()) << "my notes";
  expect_refused({"image.h5.part' is in the way", "does not begin as what this program leaves"});
  std::filesystem::remove(part());
  std::array<std::byte, 6> const old{};
  test::write_plain_depth_files(base(), {0.0, 1.0, 1}, 2, 3, ElementType::uint8, old);
  std::filesystem::rename(folder_ / "out" / "image0.h5", stack());
  expect_refused({"image.h5' is in the way", "not a stack of depth images"});
  EXPECT_TRUE(is_depth_image(stack()));
  std::filesystem::remove(stack());
  std::filesystem::create_directory(stack());
  expect_refused({"image.h5' is in the way", "it is a folder"});
  std::filesystem::remove(stack());
  ASSERT_EQ(mkfifo(part().c_str(), 0600), 0);
  expect_refused({"image.h5.part", "not a regular file"});
}

TEST_F(DepthStack, TheScanIsNeverReplaced) {
  std::filesystem::rename(scan(), stack());
  auto const file_template = make_depth_stack_template(stack(), ElementType::int32, rows, columns, depths);
  expect_error([&] { DepthStackWriter const writer(base(), file_template); }, ReturnCode::bad_input,
               {stack().string(), "it is the scan itself"});
}

TEST_F(DepthStack, ABaseHasOneWriterAtATimeOfEitherLayout) {
  auto const files = [this](std::filesystem::path const& of) {
    return DepthFileWriter(of, depths, make_depth_file_template(scan(), ElementType::int32, rows, columns));
  };
  {
    DepthStackWriter const first(base(), make_template());
    expect_refused({stack().string(), "is being written by another process"});
    expect_error([&] { auto const second = files(base()); }, ReturnCode::bad_input,
                 {stack().string(), "is being written by another process"});
    EXPECT_EQ(names(), (Names{"image.h5.part"}));
  }
  auto const first = files(base());
  expect_refused({stack().string(), "is being written by another process"});
}

TEST_F(DepthStack, ADepthFileOfARunningReconstructionIsNotTakenForALeftOverPart) {
  DepthFileWriter first(folder_ / "out" / "d", depths,
                        make_depth_file_template(scan(), ElementType::int32, rows, columns));
  write_rows(first, 0, 2);
  expect_error([&] { DepthStackWriter const writer(folder_ / "out" / "d1", make_template()); }, ReturnCode::bad_input,
               {"d1.h5", "is being written by another process"});
  write_rows(first, 2, 4);
  first.publish();
  EXPECT_EQ(names(), (Names{"d0.h5", "d1.h5", "d2.h5", "d3.h5"}));
}

TEST_F(DepthStack, MoreThanTheDiskCanHold) {
  auto const huge =
      make_depth_stack_template(scan(), ElementType::float64, 1 << 16, 1 << 16, DepthGrid{0.0, 1.0, 1 << 12});
  expect_error([&] { DepthStackWriter const writer(base(), huge); }, ReturnCode::bad_input,
               {"no room for 1 depth file", " bytes needed, ", " free"});
  EXPECT_TRUE(names().empty());
}

TEST_F(DepthStack, ALimitThatIsHitSaysWhatIsNeeded) {
  auto const file_template = make_template();
  std::uint64_t const needed = output_size(file_template).bytes();
  for (std::uint64_t const limit_bytes : {needed - 1, file_template.head.size() + 1, std::uint64_t{100}}) {
    test::FileSizeLimit const limit(limit_bytes);
    expect_error([&] { DepthStackWriter const writer(base(), file_template); }, ReturnCode::io_error,
                 {part().string(), std::to_string(needed) + " bytes", "are free"});
    EXPECT_TRUE(names().empty());
  }
}

TEST_F(DepthStack, ADiskThatFillsUpMeanwhileHasRoomForWhatWasReserved) {
  test::SmallFilesystem const small(folder_ / "out");
  if (!small.mounted()) {
    GTEST_LOG_(INFO) << "no filesystem can be mounted here: its room stays as it is";
  }
  for (IoPath const io_path : {IoPath::automatic, IoPath::hdf5}) {
    DepthStackWriter writer(base(), make_template(), io_path);
    std::ofstream(folder_ / "out" / "other") << std::string(small.mounted() ? 2'000'000 : 1, 'x');
    write_rows(writer, 0, 2);
    write_rows(writer, 2, 4);
    writer.publish();
    EXPECT_EQ(read_dataset<std::int32_t>(stack(), "/entry1/data/data", H5T_NATIVE_INT32, {4, rows, columns}),
              image_rows(0, rows));
    std::filesystem::remove(folder_ / "out" / "other");
  }
}

TEST_F(DepthStack, FolderThatIsMissing) {
  std::filesystem::remove(folder_ / "out");
  expect_error([&] { DepthStackWriter const writer(base(), make_template()); }, ReturnCode::bad_input,
               {(folder_ / "out").string(), "is no folder"});
}

TEST_F(DepthStack, RowsThatDoNotFitAreRefused) {
  DepthStackWriter writer(base(), make_template());
  std::vector<std::byte> const images(static_cast<std::size_t>(4) * rows * columns * 4);
  EXPECT_THROW(writer.write_rows(1, rows, images), std::invalid_argument);
  EXPECT_THROW(writer.write_rows(0, rows - 1, images), std::invalid_argument);
  EXPECT_THROW(writer.write_rows(0, 0, {}), std::invalid_argument);
}

}  // namespace
}  // namespace lauebench
