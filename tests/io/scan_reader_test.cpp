#include "io/scan_reader.hpp"

#include <algorithm>
#include <thread>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "scan_reader_fixture.hpp"

namespace lauebench {
namespace {

using test::ByteOrder;
using test::expect_error;
using test::expected_rows;
using test::ScanReaderTest;
using test::ScanSpec;
using test::write_scan;

std::vector<std::byte> rows_of(ScanReader& reader, int first_row, int rows) {
  auto const& info = reader.info();
  std::vector<std::byte> bytes(static_cast<std::size_t>(info.images()) *
                               static_cast<std::size_t>(info.row_bytes() * rows));
  reader.read_rows(first_row, rows, bytes);
  return bytes;
}

void expect_frames(std::filesystem::path const& file, ScanSpec const& spec, IoPath io_path) {
  ScanReader reader(file, {.io_path = io_path, .threads = 2});
  EXPECT_EQ(reader.info().stored_frames, spec.frames);
  EXPECT_EQ(reader.info().rows, spec.rows);
  EXPECT_EQ(reader.info().columns, spec.columns);
  EXPECT_EQ(reader.info().element_type, spec.element_type);
  for (int height = 1; height <= spec.rows; ++height) {
    for (int row = 0; row + height <= spec.rows; row += height) {
      EXPECT_EQ(rows_of(reader, row, height), expected_rows(spec, 1, row, height)) << "rows " << row << " + " << height;
    }
  }
  auto const all = expected_rows(spec, 1, 0, spec.rows);
  std::vector<std::byte> first(static_cast<std::size_t>(reader.info().image_bytes()));
  reader.read_first_image(first);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), all.begin()));
  reader.close();
}

/// Everything that a reader returns, for stripes of every height, in both ways of reading.
void expect_frames(std::filesystem::path const& file, ScanSpec const& spec) {
  expect_frames(file, spec, IoPath::automatic);
  expect_frames(file, spec, IoPath::hdf5);
}

TEST_F(ScanReaderTest, EveryElementTypeInEveryOrderAndLayout) {
  for (ElementType const type : all_element_types) {
    for (ByteOrder const order : {ByteOrder::little_endian, ByteOrder::big_endian}) {
      for (bool const chunked : {false, true}) {
        SCOPED_TRACE(std::string(to_string(type)) + (order == ByteOrder::big_endian ? " big endian" : "") +
                     (chunked ? " chunked" : ""));
        ScanSpec spec;
        spec.element_type = type;
        spec.byte_order = order;
        spec.chunk = chunked ? std::vector<std::uint64_t>{2, 4, 3} : std::vector<std::uint64_t>{};
        expect_frames(written(spec), spec);
      }
    }
  }
}

TEST_F(ScanReaderTest, FiltersAndChunkShapes) {
  for (std::vector<std::uint64_t> const& chunk :
       std::vector<std::vector<std::uint64_t>>{{1, 6, 8}, {4, 6, 8}, {9, 6, 8}, {1, 1, 1}, {3, 4, 5}}) {
    ScanSpec spec;
    spec.chunk = chunk;
    spec.gzip_level = 6;
    spec.shuffle = true;
    expect_frames(written(spec), spec);
    ScanReader const reader(scan());
    EXPECT_TRUE(reader.info().layout.filtered);
    EXPECT_EQ((*reader.info().layout.chunk)[0], static_cast<std::int64_t>(chunk[0]));
    EXPECT_EQ((*reader.info().layout.chunk)[2], static_cast<std::int64_t>(chunk[2]));
    auto const chunk_bytes = static_cast<std::int64_t>(chunk[0] * chunk[1] * chunk[2] * 2);
    EXPECT_GE(reader.buffer_bytes(), 2 * chunk_bytes);
  }
}

TEST_F(ScanReaderTest, MoreChunksThanOneCallTakes) {
  ScanSpec spec;
  spec.frames = 70;
  spec.chunk = {3, 1, 1};  // 48 chunks a layer, 24 layers: more than one call's 1024
  spec.element_type = ElementType::uint8;
  spec.gzip_level = 1;
  expect_frames(written(spec), spec);
}

TEST_F(ScanReaderTest, ContiguousFramesNeedNoBuffer) {
  ScanSpec const spec;
  ScanReader const reader(written(spec));
  EXPECT_EQ(reader.buffer_bytes(), 0);
  EXPECT_FALSE(reader.info().layout.chunk.has_value());
  EXPECT_FALSE(reader.info().layout.filtered);
  EXPECT_EQ(reader.info().images(), 8);
  EXPECT_EQ(reader.info().row_bytes(), 16);
  EXPECT_EQ(reader.info().image_bytes(), 96);
}

TEST_F(ScanReaderTest, UserBlock) {
  ScanSpec spec;
  spec.user_block_bytes = 2048;
  expect_frames(written(spec), spec);
}

TEST_F(ScanReaderTest, ContiguousFramesAreReadByManyThreads) {
  ScanSpec spec;
  spec.rows = 32;
  ScanReader reader(written(spec));
  std::vector<std::vector<std::byte>> results(4);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] { results[static_cast<std::size_t>(t)] = rows_of(reader, 8 * t, 8); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (int t = 0; t < 4; ++t) {
    EXPECT_EQ(results[static_cast<std::size_t>(t)], expected_rows(spec, 1, 8 * t, 8));
  }
}

TEST_F(ScanReaderTest, StackBehindASoftLink) {
  ScanSpec const spec;
  write_scan(scan(), spec);
  hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  H5Lmove(file, "/entry1/data/data", file, "/frames", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/frames", file, "/entry1/data/data", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  expect_frames(scan(), spec);
}

TEST_F(ScanReaderTest, WirePositionsThatDoNotFitTheMemoryLimit) {
  // A row of 8 images takes 8 * (16 + 48) bytes with the wire's positions.
  write_scan(scan(), ScanSpec{});
  EXPECT_NO_THROW(ScanReader(scan(), {.memory_limit_bytes = 512}));
  expect_error([&] { ScanReader const reader(scan(), {.memory_limit_bytes = 511}); }, ReturnCode::bad_input,
               {scan().string(), "need 512 bytes, 511 are allowed", "--memory-limit-mb"});
}

TEST_F(ScanReaderTest, RequestsOutsideTheFramesAreRefused) {
  ScanReader reader(written(ScanSpec{}));
  std::vector<std::byte> bytes(8 * 6 * 16);
  EXPECT_THROW(reader.read_rows(1, 6, bytes), std::invalid_argument);
  EXPECT_THROW(reader.read_rows(-1, 6, bytes), std::invalid_argument);
  EXPECT_THROW(reader.read_rows(0, 5, bytes), std::invalid_argument);
  EXPECT_THROW(reader.read_first_image(bytes), std::invalid_argument);
  reader.close();
  EXPECT_THROW(reader.read_rows(0, 6, bytes), std::logic_error);
}

TEST_F(ScanReaderTest, GoldenScans) {
  ScanReader const reader(std::filesystem::path(LAUEBENCH_TEST_DATA) / "golden" / "roi_binned_half_micron" / "scan.h5");
  EXPECT_EQ(reader.info().stored_frames, 81);
  EXPECT_EQ(reader.info().rows, 48);
  EXPECT_EQ(reader.info().columns, 64);
  EXPECT_EQ(reader.info().element_type, ElementType::uint16);
  EXPECT_EQ(reader.info().region.bin_x, 2);
  EXPECT_EQ(reader.info().wire_raw_um.size(), 80U);
}

}  // namespace
}  // namespace lauebench
