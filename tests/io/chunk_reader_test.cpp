#include "io/chunk_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <numeric>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "scan_reader_fixture.hpp"

namespace lauebench {
namespace {

using test::ByteOrder;
using test::expect_error;
using test::expected_rows;
using test::ScanSpec;
using test::write_scan;

using Sizes = std::array<hsize_t, 3>;

/// All images' rows [first_row, first_row + rows), over what the memory held before.
std::vector<std::byte> rows_of(ScanReader& reader, int first_row, int rows) {
  auto const bytes = static_cast<std::size_t>(reader.info().images() * reader.info().row_bytes() * rows);
  std::vector<std::byte> frames(bytes, std::byte{0xa5});
  reader.read_rows(first_row, rows, frames);
  return frames;
}

class ChunkReaderTest : public test::ScanReaderTest {
 protected:
  /// Every way of cutting the frames, with several numbers of threads.
  void expect_read(ScanSpec const& spec) const {
    for (int const threads : {1, 2, 5}) {
      ScanReader reader(scan(), {.io_path = IoPath::raw, .threads = threads});
      ASSERT_EQ(reader.path(), ReadPath::chunks);
      for (int height = 1; height <= spec.rows; ++height) {
        for (int row = 0; row < spec.rows; row += height) {
          int const rows = std::min(height, spec.rows - row);
          ASSERT_EQ(rows_of(reader, row, rows), expected_rows(spec, 1, row, rows))
              << threads << " threads, rows from " << row << " by " << height;
        }
      }
    }
  }

  /// A stack of 9 x 6 x 8 uint16 in these chunks instead of the scan's own; `fill` puts values into it.
  template <class Fill>
  void put_stack(Sizes const& chunk, hid_t properties, Fill fill) const {
    write_scan(scan(), ScanSpec{});
    hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
    Sizes const sizes{9, 6, 8};
    hid_t const space = H5Screate_simple(3, sizes.data(), nullptr);
    if (H5Pget_layout(properties) != H5D_CHUNKED) {
      H5Pset_chunk(properties, 3, chunk.data());
    }
    hid_t const stack =
        H5Dcreate2(file, "/entry1/data/data", H5T_STD_U16LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    ASSERT_GE(stack, 0);
    fill(stack);
    H5Dclose(stack);
    H5Pclose(properties);
    H5Sclose(space);
    ASSERT_GE(H5Fclose(file), 0);
  }

  [[nodiscard]] std::vector<std::byte> read_with(IoPath io_path) const {
    ScanReader reader(scan(), {.io_path = io_path, .threads = 2});
    return rows_of(reader, 0, reader.info().rows);
  }

  /// Changes bytes of the first chunk in the file.
  void damage_first_chunk() const {
    hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t const stack = H5Dopen2(file, "/entry1/data/data", H5P_DEFAULT);
    haddr_t address = 0;
    hsize_t bytes = 0;
    Sizes const first{0, 0, 0};
    ASSERT_GE(H5Dget_chunk_info_by_coord(stack, first.data(), nullptr, &address, &bytes), 0);
    H5Dclose(stack);
    H5Fclose(file);
    std::fstream stream(scan(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(address + bytes / 2));
    stream.write("damaged", 7);
  }

  /// All of it fives, in a chunk of its own.
  static void put_frame(hid_t stack, hsize_t frame) {
    std::vector<std::uint16_t> const values(48, 5);
    auto const chunk = encode_chunk({{1, 6, 8}, 2, 1, ByteShuffle::off}, {1, 6, 8}, std::as_bytes(std::span(values)));
    Sizes const first{frame, 0, 0};
    EXPECT_GE(H5Dwrite_chunk(stack, H5P_DEFAULT, 0, first.data(), chunk.bytes.size(), chunk.bytes.data()), 0);
  }

  static hid_t filters(bool shuffle, int gzip_level) {
    hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
    if (shuffle) {
      H5Pset_shuffle(properties);
    }
    if (gzip_level > 0) {
      H5Pset_deflate(properties, static_cast<unsigned>(gzip_level));
    }
    return properties;
  }
};

TEST_F(ChunkReaderTest, EveryFilterChunkAndNumberOfThreads) {
  for (std::vector<std::uint64_t> const& chunk :
       std::vector<std::vector<std::uint64_t>>{{1, 7, 11}, {2, 7, 11}, {10, 7, 11}, {1, 3, 11}, {3, 4, 5}, {1, 1, 1}}) {
    for (auto const& [gzip_level, shuffle] : {std::pair(0, false), {0, true}, {4, false}, {4, true}}) {
      SCOPED_TRACE(testing::Message() << chunk[0] << "x" << chunk[1] << "x" << chunk[2] << " gzip " << gzip_level
                                      << (shuffle ? " shuffle" : ""));
      ScanSpec spec;
      spec.frames = 10;
      spec.rows = 7;
      spec.columns = 11;
      spec.chunk = chunk;
      spec.gzip_level = gzip_level;
      spec.shuffle = shuffle;
      write_scan(scan(), spec);
      expect_read(spec);
    }
  }
}

TEST_F(ChunkReaderTest, EveryElementType) {
  for (ElementType const type : all_element_types) {
    SCOPED_TRACE(to_string(type));
    ScanSpec spec;
    spec.element_type = type;
    spec.chunk = {2, 4, 8};
    spec.gzip_level = 1;
    spec.shuffle = true;
    write_scan(scan(), spec);
    expect_read(spec);
  }
}

TEST_F(ChunkReaderTest, MoreChunksThanAreLookedUpAtOnce) {
  ScanSpec spec;
  spec.frames = 70;
  spec.chunk = {3, 1, 1};  // 1152
  spec.gzip_level = 1;
  write_scan(scan(), spec);
  static_assert(24 * 48 > most_chunk_places);
  expect_read(spec);
  spec.gzip_level = 0;
  write_scan(scan(), spec);
  EXPECT_EQ(ScanReader(scan()).path(), ReadPath::hdf5);
}

TEST_F(ChunkReaderTest, UserBlock) {
  ScanSpec spec;
  spec.user_block_bytes = 1024;
  spec.chunk = {1, 6, 8};
  spec.gzip_level = 1;
  spec.shuffle = true;
  write_scan(scan(), spec);
  expect_read(spec);
}

// memory for a chunk is counted where one is held: these are read row by row, straight to where they belong
TEST_F(ChunkReaderTest, ChunksStoredAsTheyAreNeedNoMemoryOfTheirSize) {
  ScanSpec spec;
  spec.rows = 512;
  spec.columns = 256;
  spec.chunk = {9, 512, 256};
  write_scan(scan(), spec);
  ScanReader const reader(scan(), {.io_path = IoPath::raw, .threads = 1});
  ASSERT_EQ(reader.path(), ReadPath::chunks);
  EXPECT_LE(reader.buffer_bytes(), reader.info().image_bytes());
}

TEST_F(ChunkReaderTest, ChunksThatWereNeverWrittenHoldTheFillValue) {
  for (int const gzip_level : {0, 3}) {
    for (int const fill : {0, 777}) {
      hid_t const properties = filters(gzip_level > 0, gzip_level);
      if (fill != 0) {
        H5Pset_fill_value(properties, H5T_NATIVE_INT, &fill);
      }
      put_stack({2, 4, 8}, properties, [](hid_t stack) {
        Sizes const start{3, 0, 0};
        Sizes const count{1, 6, 8};
        std::array<std::uint16_t, 48> values{};
        std::iota(values.begin(), values.end(), std::uint16_t{1});
        hid_t const in_file = H5Dget_space(stack);
        hid_t const in_memory = H5Screate_simple(3, count.data(), nullptr);
        H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
        EXPECT_GE(H5Dwrite(stack, H5T_NATIVE_UINT16, in_memory, in_file, H5P_DEFAULT, values.data()), 0);
        H5Sclose(in_memory);
        H5Sclose(in_file);
      });
      auto const frames = read_with(IoPath::raw);
      std::uint16_t value = 0;
      std::memcpy(&value, frames.data() + 7 * 96, sizeof value);  // stored frame 8
      EXPECT_EQ(value, fill);
      std::memcpy(&value, frames.data() + 2 * 96 + 94, sizeof value);
      EXPECT_EQ(value, 48);
      EXPECT_EQ(frames, read_with(IoPath::hdf5));
    }
  }
}

TEST_F(ChunkReaderTest, ZerosWhereTheFileLeavesOpenWhatWasNeverWritten) {
  hid_t const properties = filters(false, 1);
  H5Pset_fill_value(properties, H5T_NATIVE_UINT16, nullptr);  // undefined
  H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER);
  put_stack({1, 6, 8}, properties, [](hid_t stack) { put_frame(stack, 1); });
  for (IoPath const io_path : {IoPath::raw, IoPath::hdf5}) {
    auto const frames = read_with(io_path);
    EXPECT_EQ(frames.at(94), std::byte{5});
    EXPECT_TRUE(std::all_of(frames.begin() + 96, frames.end(), [](std::byte byte) { return byte == std::byte{0}; }));
  }
}

TEST_F(ChunkReaderTest, FillValueWhateverTheTimeAtWhichItIsWritten) {
  for (H5D_fill_time_t const time : {H5D_FILL_TIME_NEVER, H5D_FILL_TIME_IFSET, H5D_FILL_TIME_ALLOC}) {
    hid_t const properties = filters(false, 1);
    std::uint16_t const fill_value = 0x0203;
    H5Pset_fill_value(properties, H5T_NATIVE_UINT16, &fill_value);
    H5Pset_fill_time(properties, time);
    put_stack({1, 6, 8}, properties, [](hid_t stack) { put_frame(stack, 4); });
    std::vector<std::uint16_t> expected(std::size_t{8} * 48, fill_value);
    std::fill_n(expected.begin() + 3 * 48, 48, std::uint16_t{5});
    for (IoPath const io_path : {IoPath::raw, IoPath::hdf5}) {
      auto const frames = read_with(io_path);
      ASSERT_EQ(frames.size(), expected.size() * 2);
      EXPECT_EQ(std::memcmp(frames.data(), expected.data(), frames.size()), 0) << "fill time " << time;
    }
  }
}

TEST_F(ChunkReaderTest, ChunksThatDidWithoutSomeFilters) {
  ChunkFormat const format{{1, 6, 8}, 2, 5, ByteShuffle::on};
  put_stack({1, 6, 8}, filters(true, 5), [&format](hid_t stack) {
    std::vector<std::uint16_t> values(48);
    for (hsize_t frame = 0; frame < 9; ++frame) {
      std::iota(values.begin(), values.end(), static_cast<std::uint16_t>(100 * frame));
      auto const mask = static_cast<std::uint32_t>(frame % 4);
      ChunkFormat used = format;
      used.shuffle = (mask & 1U) == 0 ? ByteShuffle::on : ByteShuffle::off;
      used.gzip_level = (mask & 2U) == 0 ? 5 : 0;
      auto const chunk = encode_chunk(used, format.shape, std::as_bytes(std::span(values)));
      Sizes const first{frame, 0, 0};
      EXPECT_GE(H5Dwrite_chunk(stack, H5P_DEFAULT, mask, first.data(), chunk.bytes.size(), chunk.bytes.data()), 0);
    }
  });
  auto const frames = read_with(IoPath::raw);
  for (int frame = 1; frame < 9; ++frame) {
    std::uint16_t value = 0;
    std::memcpy(&value, frames.data() + 96 * (frame - 1) + 20, sizeof value);
    EXPECT_EQ(value, 100 * frame + 10) << "mask " << frame % 4;
  }
  EXPECT_EQ(frames, read_with(IoPath::hdf5));
}

TEST_F(ChunkReaderTest, ChunkThatIsTooShortIsReadByNobody) {
  for (std::uint32_t const left_out : {2U, 3U}) {
    put_stack({1, 6, 8}, filters(true, 5), [left_out](hid_t stack) {
      std::array<char, 22> const values{};
      Sizes const first{3, 0, 0};
      EXPECT_GE(H5Dwrite_chunk(stack, H5P_DEFAULT, left_out, first.data(), values.size(), values.data()), 0);
    });
    for (IoPath const path : {IoPath::raw, IoPath::hdf5}) {
      expect_error([this, path] { static_cast<void>(read_with(path)); }, ReturnCode::io_error,
                   {"cannot read", scan().string(), "a chunk"});
    }
  }
}

TEST_F(ChunkReaderTest, DamagedChunkStopsAllThreads) {
  for (bool const shuffle : {false, true}) {
    ScanSpec spec;
    spec.frames = 200;
    spec.rows = 30;
    spec.columns = 40;
    spec.chunk = {5, 30, 40};
    spec.gzip_level = 1;
    spec.shuffle = shuffle;
    write_scan(scan(), spec);
    damage_first_chunk();
    for (int const threads : {1, 5}) {
      ScanReader reader(scan(), {.threads = threads});
      expect_error([&] { static_cast<void>(rows_of(reader, 0, 10)); }, ReturnCode::io_error,
                   {"cannot read frames 0 to 4 of scan", scan().string(), "a chunk"});
    }
  }
}

TEST_F(ChunkReaderTest, FilesThatShrinkWhileTheyAreRead) {
  for (int const gzip_level : {0, 1}) {
    ScanSpec spec;
    spec.chunk = {1, 6, 8};
    spec.gzip_level = gzip_level;
    write_scan(scan(), spec);
    ScanReader reader(scan(), {.threads = 3});
    std::filesystem::resize_file(scan(), 1000);
    expect_error([&] { static_cast<void>(rows_of(reader, 0, 6)); }, ReturnCode::io_error,
                 {scan().string(), "bytes too early"});
  }
}

TEST_F(ChunkReaderTest, MemoryLimitsTheNumberOfThreads) {
  ScanSpec spec;
  spec.rows = 200;
  spec.columns = 300;
  spec.chunk = {1, 200, 300};
  spec.gzip_level = 1;
  write_scan(scan(), spec);
  auto const bytes_with = [this](int threads, std::uint64_t limit) {
    return ScanReader(scan(), {.memory_limit_bytes = limit, .threads = threads}).buffer_bytes();
  };
  constexpr std::uint64_t plenty = std::uint64_t{1} << 30U;
  std::int64_t const one = bytes_with(1, plenty);
  EXPECT_GE(one, 2 * 200 * 300 * 2);
  EXPECT_EQ(bytes_with(4, plenty), 4 * one);
  EXPECT_EQ(bytes_with(100, plenty), 9 * one) << "a thread for each chunk";
  EXPECT_EQ(bytes_with(4, static_cast<std::uint64_t>(16 * one)), 2 * one);
  EXPECT_EQ(bytes_with(4, static_cast<std::uint64_t>(one)), one);
}

TEST_F(ChunkReaderTest, RowsThatComeTogether) {
  auto const unit_of = [this](std::vector<std::uint64_t> const& chunk, int gzip_level, IoPath io_path) {
    ScanSpec spec;
    spec.chunk = chunk;
    spec.gzip_level = gzip_level;
    write_scan(scan(), spec);
    return ScanReader(scan(), {.io_path = io_path}).row_unit();
  };
  EXPECT_EQ(unit_of({1, 6, 8}, 1, IoPath::raw), 6);
  EXPECT_EQ(unit_of({1, 4, 8}, 1, IoPath::raw), 4);
  EXPECT_EQ(unit_of({1, 4, 8}, 1, IoPath::hdf5), 4);
  EXPECT_EQ(unit_of({1, 4, 8}, 0, IoPath::raw), 1);
  EXPECT_EQ(unit_of({1, 4, 4}, 0, IoPath::raw), 4) << "chunks beside each other are read whole";
  EXPECT_EQ(unit_of({1, 4, 8}, 0, IoPath::hdf5), 1);
  EXPECT_EQ(unit_of({}, 0, IoPath::raw), 1);
}

TEST_F(ChunkReaderTest, ShareOfDecompressing) {
  auto const share_of = [this](int gzip_level, IoPath io_path) {
    ScanSpec spec;
    spec.chunk = {1, 6, 8};
    spec.gzip_level = gzip_level;
    write_scan(scan(), spec);
    ScanReader reader(scan(), {.io_path = io_path});
    static_cast<void>(rows_of(reader, 0, 6));
    return reader.decompress_share();
  };
  ASSERT_TRUE(share_of(1, IoPath::raw));
  EXPECT_GT(*share_of(1, IoPath::raw), 0.0);
  EXPECT_LT(*share_of(1, IoPath::raw), 1.0);
  EXPECT_EQ(share_of(0, IoPath::raw), 0.0);
  EXPECT_EQ(share_of(0, IoPath::hdf5), 0.0);
  EXPECT_EQ(share_of(1, IoPath::hdf5), std::nullopt);
}

TEST_F(ChunkReaderTest, WhatIsLeftToHdf5AndRefusedWhereThatIsForbidden) {
  auto const expect_hdf5 = [this](std::string const& why) {
    EXPECT_EQ(ScanReader(scan()).path(), ReadPath::hdf5);
    expect_error([this] { ScanReader const reader(scan(), {.io_path = IoPath::raw}); }, ReturnCode::bad_input,
                 {scan().string(), "cannot be read past HDF5", why, "--io-path"});
  };
  auto const nothing = [](hid_t stack) {
    std::vector<std::uint16_t> const values(432, 3);
    H5Dwrite(stack, H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  };
  hid_t properties = filters(false, 1);
  H5Pset_shuffle(properties);
  put_stack({1, 6, 8}, properties, nothing);
  expect_hdf5("in another order");
  properties = filters(false, 1);
  H5Pset_fletcher32(properties);
  put_stack({1, 6, 8}, properties, nothing);
  expect_hdf5("filters other than shuffle and gzip");
  properties = filters(false, 1);
  H5Pset_chunk(properties, 3, Sizes{1, 4, 8}.data());
  H5Pset_chunk_opts(properties, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
  put_stack({1, 4, 8}, properties, nothing);
  expect_hdf5("chunks at its edge");
  ScanSpec spec;
  spec.byte_order = ByteOrder::big_endian;
  write_scan(scan(), spec);
  expect_hdf5("not stored as this machine holds them");
}

TEST_F(ChunkReaderTest, Hdf5ReadsEverythingWhereItIsAskedTo) {
  ScanSpec spec;
  for (std::vector<std::uint64_t> const& chunk : std::vector<std::vector<std::uint64_t>>{{}, {2, 3, 8}}) {
    spec.chunk = chunk;
    write_scan(scan(), spec);
    EXPECT_EQ(ScanReader(scan(), {.io_path = IoPath::hdf5}).path(), ReadPath::hdf5);
    EXPECT_EQ(read_with(IoPath::hdf5), expected_rows(spec, 1, 0, spec.rows));
  }
}

}  // namespace
}  // namespace lauebench
