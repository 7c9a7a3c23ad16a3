#include "io/compressed_stack.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "expect_error.hpp"
#include "io/depth_files.hpp"
#include "io/depth_image_digest.hpp"
#include "io/depth_image_windows.hpp"
#include "support/scan_fixture.hpp"
#include "support/small_disk.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;

constexpr DepthImageShape shape{4, 10, 64, ElementType::int32};
constexpr DepthGrid depths{-1.5, 0.5, 4};

/// [depths][rows][columns] of rows first .. first + count - 1; the images of odd depths cannot be compressed.
std::vector<std::int32_t> image_rows(int first, int count) {
  std::vector<std::int32_t> values;
  for (int m = 0; m < shape.depths; ++m) {
    for (int i = first; i < first + count; ++i) {
      for (int j = 0; j < shape.columns; ++j) {
        auto const pixel = static_cast<std::uint32_t>((m * shape.rows + i) * shape.columns + j);
        values.push_back(static_cast<std::int32_t>(m % 2 == 0 ? pixel / 100 : pixel * 2654435761U));
      }
    }
  }
  return values;
}

class CompressedStack : public testing::Test {
 protected:
  void SetUp() override {
    test::ScanSpec spec;
    spec.rows = shape.rows;
    spec.columns = shape.columns;
    test::write_scan(folder_ / "scan.h5", spec);
    std::filesystem::create_directory(folder_ / "out");
  }

  [[nodiscard]] CompressedStackTemplate make_template() const {
    return make_compressed_stack_template(folder_ / "scan.h5", shape, depths, 6);
  }

  [[nodiscard]] std::filesystem::path base() const { return folder_ / "out" / "image"; }
  [[nodiscard]] std::filesystem::path stack() const { return folder_ / "out" / "image.h5"; }
  [[nodiscard]] StoredDepthImages stored(OutputLayout layout = OutputLayout::per_rank) const {
    return {base(), shape.depths, shape.rows, shape.columns, layout};
  }

  /// Returns the bytes that the writer says it has written.
  std::uint64_t write(int height, IoPath io_path, int threads) const {
    return write(make_template(), height, io_path, threads);
  }

  std::uint64_t write(CompressedStackTemplate const& file_template, int height, IoPath io_path, int threads) const {
    CompressedStackWriter writer(base(), file_template, height, io_path);
    for (int row = 0; row < shape.rows; row += height) {
      int const count = std::min(height, shape.rows - row);
      auto const values = image_rows(row, count);
      if (threads > 0) {
        writer.prepare_rows(row, count, std::as_bytes(std::span(values)), threads);
      }
      writer.write_rows(row, count, std::as_bytes(std::span(values)));
    }
    writer.sync(Sync::fsync);
    writer.publish();
    return writer.bytes_written();
  }

  [[nodiscard]] std::string digest_of_depth_files() const {
    DepthFileWriter writer(
        base(), depths, make_depth_file_template(folder_ / "scan.h5", shape.element_type, shape.rows, shape.columns));
    auto const values = image_rows(0, shape.rows);
    writer.write_rows(0, shape.rows, std::as_bytes(std::span(values)));
    writer.publish();
    return digest_of(stored(OutputLayout::per_depth), 1);
  }

  test::TemporaryFolder folder_;
};

std::vector<std::int32_t> read_by_hdf5(std::filesystem::path const& file) {
  std::vector<std::int32_t> values(static_cast<std::size_t>(shape.depths) * shape.rows * shape.columns);
  hid_t const opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t const dataset = H5Dopen2(opened, "/entry1/data/data", H5P_DEFAULT);
  EXPECT_GE(H5Dread(dataset, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  H5Dclose(dataset);
  H5Fclose(opened);
  return values;
}

std::array<hsize_t, 3> chunk_of(std::filesystem::path const& file) {
  std::array<hsize_t, 3> chunk{};
  hid_t const opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t const dataset = H5Dopen2(opened, "/entry1/data/data", H5P_DEFAULT);
  hid_t const properties = H5Dget_create_plist(dataset);
  EXPECT_EQ(H5Pget_chunk(properties, 3, chunk.data()), 3);
  H5Pclose(properties);
  H5Dclose(dataset);
  H5Fclose(opened);
  return chunk;
}

TEST_F(CompressedStack, EveryStripeHeightAndWayOfWritingGivesTheSameImages) {
  auto const digest = digest_of_depth_files();
  for (int const height : {10, 1, 4}) {
    for (auto const& [io_path, threads] :
         {std::pair(IoPath::automatic, 0), std::pair(IoPath::raw, 3), std::pair(IoPath::hdf5, 1)}) {
      std::uint64_t const written = write(height, io_path, threads);
      EXPECT_EQ(written, std::filesystem::file_size(stack()));
      EXPECT_LE(written, most_output_size(make_template(), height).bytes());
      EXPECT_EQ(read_by_hdf5(stack()), image_rows(0, shape.rows)) << height << " rows, " << threads << " threads";
      EXPECT_EQ(chunk_of(stack()), (std::array<hsize_t, 3>{1, static_cast<hsize_t>(height), 64}));
      for (int const readers : {1, 3}) {
        EXPECT_EQ(digest_of(stored(), readers), digest);
      }
    }
  }
}

TEST_F(CompressedStack, WindowsAreReadAcrossChunks) {
  write(4, IoPath::automatic, 1);
  auto const whole = image_rows(0, shape.rows);
  std::map<int, std::vector<double>> found;
  read_windows(stored(), std::array{PixelWindow{3, 6, 62, 2}},
               [&found](int image, std::size_t /*window*/, std::span<double const> values) {
                 found[image].assign(values.begin(), values.end());
               });
  ASSERT_EQ(found.size(), 4U);
  for (int m = 0; m < shape.depths; ++m) {
    for (int i = 0; i < 6; ++i) {
      for (int j = 0; j < 2; ++j) {
        int const pixel = (m * shape.rows + 3 + i) * shape.columns + 62 + j;
        int const in_window = i * 2 + j;
        EXPECT_EQ(found[m][static_cast<std::size_t>(in_window)], whole[static_cast<std::size_t>(pixel)]);
      }
    }
  }
}

TEST_F(CompressedStack, NothingIncompleteLooksComplete) {
  {
    CompressedStackWriter writer(base(), make_template(), 4);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / "image.h5.part"));
    auto const values = image_rows(0, 4);
    writer.write_rows(0, 4, std::as_bytes(std::span(values)));
    expect_error([&] { writer.publish(); }, ReturnCode::reconstruction_error, {"4 of 10 rows"});
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "out"));
}

TEST_F(CompressedStack, RowsThatAreNoStripeAreRefused) {
  CompressedStackWriter writer(base(), make_template(), 4);
  auto const values = image_rows(0, 2);
  EXPECT_THROW(writer.write_rows(0, 2, std::as_bytes(std::span(values))), std::invalid_argument);
  EXPECT_THROW(writer.prepare_rows(2, 2, std::as_bytes(std::span(values)), 1), std::invalid_argument);
  EXPECT_NO_THROW(writer.write_rows(8, 2, std::as_bytes(std::span(values))));
}

/// Wherever a write fails, in what surrounds the images, in a chunk or in the index.
TEST_F(CompressedStack, ALimitThatIsHitIsAnErrorWherever) {
  std::uint64_t const whole = write(2, IoPath::automatic, 1);
  std::filesystem::remove(stack());
  auto const file_template = make_template();
  for (IoPath const io_path : {IoPath::automatic, IoPath::hdf5}) {
    for (std::uint64_t limit_bytes = 0; limit_bytes < whole; limit_bytes += whole / 20) {
      test::FileSizeLimit const limit(limit_bytes);
      expect_error([&] { write(file_template, 2, io_path, 1); }, ReturnCode::io_error,
                   {(folder_ / "out" / "image.h5.part").string(), "File too large", "bytes", "are free"});
      EXPECT_TRUE(std::filesystem::is_empty(folder_ / "out")) << limit_bytes;
    }
  }
}

TEST_F(CompressedStack, ADamagedChunkIsAnIoError) {
  write(10, IoPath::automatic, 1);
  auto const bytes = std::filesystem::file_size(stack());
  std::filesystem::resize_file(stack(), bytes - 4000);
  expect_error([&] { static_cast<void>(digest_of(stored(), 1)); }, ReturnCode::io_error,
               {"cannot read depth image", "image.h5"});
}

TEST_F(CompressedStack, MostItMayTakeIsAskedFor) {
  CompressedStackTemplate huge = make_template();
  huge.shape = {1 << 12, 1 << 16, 1 << 16, ElementType::float64};
  expect_error([&] { CompressedStackWriter const writer(base(), huge, 1 << 14); }, ReturnCode::bad_input,
               {"no room for 1 depth file", " bytes needed, ", " free"});
}

}  // namespace
}  // namespace lauebench
