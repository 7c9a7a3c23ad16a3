#include "io/scan_reader.hpp"

#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "expect_error.hpp"
#include "io/scan_stack.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::ByteOrder;
using test::expect_error;
using test::expected_rows;
using test::ScanSpec;
using test::TemporaryFolder;
using test::write_scan;

class ScanReaderTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path scan() const { return folder_ / "scan.h5"; }

  [[nodiscard]] std::filesystem::path written(ScanSpec const& spec) const {
    write_scan(scan(), spec);
    return scan();
  }

  void expect_refused(std::vector<std::string> parts) const {
    parts.push_back(scan().string());
    expect_error([&] { ScanReader const reader(scan()); }, ReturnCode::bad_input, parts);
  }

  void expect_refused(ScanSpec const& spec, std::vector<std::string> const& parts) const {
    write_scan(scan(), spec);
    expect_refused(parts);
  }

  /// Writes the scan, lets `change` do harm to it, and expects the refusal.
  template <class Change>
  void expect_refused_after(Change change, std::vector<std::string> const& parts) const {
    write_scan(scan(), ScanSpec{});
    hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    change(file);
    ASSERT_GE(H5Fclose(file), 0);
    expect_refused(parts);
  }

  TemporaryFolder folder_;
};

std::vector<std::byte> rows_of(ScanReader& reader, int first_row, int rows) {
  auto const& info = reader.info();
  std::vector<std::byte> bytes(static_cast<std::size_t>(info.images()) *
                               static_cast<std::size_t>(info.row_bytes() * rows));
  reader.read_rows(first_row, rows, bytes);
  return bytes;
}

/// Everything that a reader returns, for stripes of every height.
void expect_frames(std::filesystem::path const& file, ScanSpec const& spec) {
  ScanReader reader(file);
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

void put_dataset(hid_t file, char const* path, hid_t type, std::vector<hsize_t> const& sizes) {
  hid_t const space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
  hid_t const dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  ASSERT_GE(dataset, 0);
  H5Dclose(dataset);
  H5Sclose(space);
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

TEST_F(ScanReaderTest, StackThatWasNeverWritten) {
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
        put_dataset(file, "/entry1/data/data", H5T_STD_U16LE, {9, 6, 8});
      },
      {"/entry1/data/data was never written"});
}

/// Replaces the stack by one of the same shape with these creation properties.
void put_stack(hid_t file, hid_t properties) {
  H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
  std::array<hsize_t, 3> const sizes{9, 6, 8};
  hid_t const space = H5Screate_simple(3, sizes.data(), nullptr);
  hid_t const dataset =
      H5Dcreate2(file, "/entry1/data/data", H5T_STD_U16LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  EXPECT_GE(dataset, 0);
  H5Dclose(dataset);
  H5Sclose(space);
  H5Pclose(properties);
}

TEST_F(ScanReaderTest, StackInOtherFilesIsRefused) {
  write_scan(folder_ / "frames.h5", ScanSpec{});
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
        H5Lcreate_external("frames.h5", "/entry1/data/data", file, "/entry1/data/data", H5P_DEFAULT, H5P_DEFAULT);
      },
      {"lies in other files", "an external link", "make a plain copy"});
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1", H5P_DEFAULT);
        H5Lcreate_external("frames.h5", "/entry1", file, "/entry1", H5P_DEFAULT, H5P_DEFAULT);
      },
      {"lies in other files", "an external link"});
  expect_refused_after(
      [](hid_t file) {
        std::array<hsize_t, 3> const sizes{9, 6, 8};
        hid_t const space = H5Screate_simple(3, sizes.data(), nullptr);
        hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_virtual(properties, space, "frames.h5", "/entry1/data/data", space);
        put_stack(file, properties);
        H5Sclose(space);
      },
      {"lies in other files", "a virtual dataset"});
  expect_refused_after(
      [](hid_t file) {
        hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_external(properties, "frames.raw", 0, 9 * 6 * 8 * 2);
        put_stack(file, properties);
      },
      {"lies in other files", "external storage"});
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
  EXPECT_NO_THROW(ScanReader(scan(), 512));
  expect_error([&] { ScanReader const reader(scan(), 511); }, ReturnCode::bad_input,
               {scan().string(), "need 512 bytes, 511 are allowed", "--memory-limit-mb"});
}

TEST_F(ScanReaderTest, WireVectors) {
  ScanSpec spec;
  spec.frames = 4;
  spec.wire = {{"wireX", {5.5}}, {"wireY", {0, 1, 2, 3, 4, 5}}, {"wirebaseZ", {-3.25}}};
  for (std::string const group : {"/entry1/wire", "/entry1"}) {
    spec.wire_group = group;
    ScanReader const reader(written(spec));
    auto const& wire = reader.info().wire_raw_um;
    ASSERT_EQ(wire.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) {
      // Image k is frame k + 1, and frame s belongs to element s + 1.
      EXPECT_EQ(wire[k].x, 5.5);
      EXPECT_EQ(wire[k].y, static_cast<double>(k + 2));
      EXPECT_EQ(wire[k].z, -3.25);
    }
  }
}

TEST_F(ScanReaderTest, AbsentWireIsZeroAndOneElementWinsOverTheBase) {
  ScanSpec spec;
  spec.wire = {{"wireX", {1.0}}, {"wirebaseX", {2.0}}};
  ScanReader const reader(written(spec));
  EXPECT_EQ(reader.info().wire_raw_um.size(), 8U);
  EXPECT_EQ(reader.info().wire_raw_um.back().x, 1.0);
  EXPECT_EQ(reader.info().wire_raw_um.back().y, 0.0);
}

TEST_F(ScanReaderTest, WireVectorsOfTheWrongLength) {
  for (std::size_t const length : {0UL, 2UL, 9UL, 10UL, 12UL}) {
    ScanSpec spec;
    spec.wire = {{"wireY", std::vector<double>(length, 1.0)}};
    expect_refused(spec, {"/entry1/wire/wireY has " + std::to_string(length) + " elements", "9 frames need 11"});
  }
  ScanSpec spec;
  spec.wire = {{"wirebaseY", {1.0, 2.0}}};
  expect_refused(spec, {"wirebaseY has 2 elements"});
}

TEST_F(ScanReaderTest, PositionsThatAreNoNumbers) {
  std::vector<double> y(11, 1.0);
  y[5] = std::numeric_limits<double>::quiet_NaN();
  ScanSpec spec;
  spec.wire = {{"wireY", y}};
  expect_refused(spec, {"element 5 of /entry1/wire/wireY is nan"});
  spec.wire = {{"wireZ", {std::numeric_limits<double>::infinity()}}};
  expect_refused(spec, {"/entry1/wire/wireZ", "inf"});
  // Elements 0 and 1 belong to no image.
  y[5] = 1.0;
  y[0] = std::numeric_limits<double>::quiet_NaN();
  spec.wire = {{"wireY", y}};
  EXPECT_EQ(ScanReader(written(spec)).info().wire_raw_um.front().y, 1.0);
}

TEST_F(ScanReaderTest, WireOfTheWrongType) {
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1/wire/wireY", H5P_DEFAULT);
        put_dataset(file, "/entry1/wire/wireY", H5T_C_S1, {11});
      },
      {"/entry1/wire/wireY is of type string"});
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1/wire/wireY", H5P_DEFAULT);
        H5Lcreate_soft("/nowhere", file, "/entry1/wire/wireY", H5P_DEFAULT, H5P_DEFAULT);
      },
      {"/entry1/wire/wireY is no dataset that can be opened"});
}

TEST_F(ScanReaderTest, RegionDefaults) {
  ScanReader const reader(written(ScanSpec{}));
  auto const& r = reader.info().region;
  EXPECT_EQ(r.start_x, 0);
  EXPECT_EQ(r.start_y, 0);
  EXPECT_EQ(r.bin_x, 1);
  EXPECT_EQ(r.bin_y, 1);
  EXPECT_EQ(r.end_x, std::nullopt);
  EXPECT_EQ(r.end_y, std::nullopt);
  EXPECT_EQ(r.full_x, std::nullopt);
  EXPECT_EQ(r.full_y, std::nullopt);
}

TEST_F(ScanReaderTest, RegionFromTheFile) {
  ScanSpec spec;
  spec.detector = {{"startx", 10}, {"starty", 20}, {"binx", 2},  {"biny", 4},
                   {"endx", 34},   {"endy", 43},   {"Nx", 1024}, {"Ny", 512}};
  write_scan(scan(), spec);
  hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  // Integers in vectors of one element are as good as floating-point scalars.
  H5Ldelete(file, "/entry1/detector/binx", H5P_DEFAULT);
  hsize_t const one = 1;
  hid_t const space = H5Screate_simple(1, &one, nullptr);
  hid_t const dataset =
      H5Dcreate2(file, "/entry1/detector/binx", H5T_STD_I16BE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int const three = 3;
  H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &three);
  H5Dclose(dataset);
  H5Sclose(space);
  H5Fclose(file);
  ScanReader const reader(scan());
  auto const& r = reader.info().region;
  EXPECT_EQ(r.start_x, 10);
  EXPECT_EQ(r.start_y, 20);
  EXPECT_EQ(r.bin_x, 3);
  EXPECT_EQ(r.bin_y, 4);
  EXPECT_EQ(r.end_x, 34);  // 25 pixels: 8 bins of 3 and one that is not whole
  EXPECT_EQ(r.end_y, 43);
  EXPECT_EQ(r.full_x, 1024);
  EXPECT_EQ(r.full_y, 512);
}

TEST_F(ScanReaderTest, RegionThatMakesNoSense) {
  for (auto const& [name, value] : {std::pair<std::string, double>{"binx", 0},
                                    {"biny", -1},
                                    {"startx", -1},
                                    {"starty", 1.5},
                                    {"Nx", 0},
                                    {"binx", std::numeric_limits<double>::quiet_NaN()},
                                    {"startx", 1e12}}) {
    ScanSpec spec;
    spec.detector = {{name, value}};
    expect_refused(spec, {"/entry1/detector/" + name + " is", "expected a whole number"});
  }
  expect_refused_after([](hid_t file) { put_dataset(file, "/entry1/detector/binx", H5T_STD_I32LE, {2}); },
                       {"binx has 2 elements"});
  expect_refused_after([](hid_t file) { put_dataset(file, "/entry1/detector/binx", H5T_C_S1, {1}); },
                       {"binx is of type string"});
}

TEST_F(ScanReaderTest, RegionThatContradictsTheFrames) {
  ScanSpec spec;  // 6 rows of 8 columns
  for (auto const& [first, last] : {std::pair{1.0, 7.0}, {0.0, 8.0}, {8.0, 0.0}, {2147483647.0, 7.0}}) {
    spec.detector = {{"startx", first}, {"endx", last}};
    expect_refused(spec, {"endx " + std::to_string(static_cast<int>(last)), "columns, but /entry1/data/data has 8"});
  }
  spec.detector = {{"endx", 7}, {"binx", 2}};
  expect_refused(spec, {"binx 2", "make 4 columns"});
  spec.detector = {{"starty", 10}, {"endy", 16}};
  expect_refused(spec, {"make 7 rows, but /entry1/data/data has 6"});
  spec.detector = {{"startx", 10}, {"starty", 20}, {"binx", 3}};
  EXPECT_EQ(ScanReader(written(spec)).info().region.start_x, 10) << "where it ends is not said";
}

TEST_F(ScanReaderTest, FileTime) {
  for (std::string const refused : {"2006-05-01 00:00:00-0500", "2008-12-31", " 2009-09-30T23:59:59"}) {
    ScanSpec spec;
    spec.file_time = refused;
    expect_refused(spec, {"file_time is " + refused, "correction"});
  }
  for (std::string const taken : {"2006-04-30 23:59:59", "2009-10-01 00:00:00", "2023-04-06 12:00:00-0500", "yesterday",
                                  "2008", "2008-13-01", "Mon, May 1 2008"}) {
    ScanSpec spec;
    spec.file_time = taken;
    EXPECT_EQ(ScanReader(written(spec)).info().stored_frames, 9) << taken;
  }
}

TEST_F(ScanReaderTest, FilesThatAreNoScans) {
  expect_refused({"no such file"});
  expect_error([&] { ScanReader const reader(folder_.path()); }, ReturnCode::bad_input, {"it is a folder"});
  std::ofstream(scan()) << "this is not HDF5";
  expect_refused({"not an HDF5 file"});
  std::ofstream(scan(), std::ios::trunc).flush();
  expect_refused({"not an HDF5 file"});
  expect_error([&] { ScanReader const reader(scan() / "below"); }, ReturnCode::bad_input, {"no such file"});
}

TEST_F(ScanReaderTest, TruncatedFiles) {
  ScanSpec spec;
  spec.rows = 256;
  auto const size = std::filesystem::file_size(written(spec));
  for (auto const left : {size - 1, size / 2}) {
    write_scan(scan(), spec);
    std::filesystem::resize_file(scan(), left);
    expect_refused({"truncated", std::to_string(left)});
  }
}

TEST_F(ScanReaderTest, FilesThatShrinkWhileTheyAreRead) {
  write_scan(scan(), ScanSpec{});
  ScanReader reader(scan());
  std::filesystem::resize_file(scan(), 1000);
  std::vector<std::byte> bytes(static_cast<std::size_t>(reader.info().image_bytes()) * 8);
  expect_error([&] { reader.read_rows(0, 6, bytes); }, ReturnCode::io_error, {scan().string(), "bytes too early"});
}

TEST_F(ScanReaderTest, ContiguousFramesBeyondTheEndOfTheirFile) {
  // HDF5 refuses most of these itself; what it lets pass is told with both sizes.
  ScanInfo const info = ScanReader(written(ScanSpec{})).info();
  auto const size = std::filesystem::file_size(scan());
  EXPECT_TRUE(open_contiguous({scan(), size - 9 * 96}, info).valid());
  for (std::uint64_t const offset : {size - 9 * 96 + 1, size + 1}) {
    expect_error(
        [&] {
          static_cast<void>(open_contiguous({scan(), offset}, info));
        },
        ReturnCode::bad_input, {"truncated", std::to_string(offset + 9 * 96), std::to_string(size)});
  }
}

TEST_F(ScanReaderTest, StacksOfTheWrongKind) {
  auto const with_stack = [](hid_t type, std::vector<hsize_t> const& sizes) {
    return [type, sizes](hid_t file) {
      H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
      put_dataset(file, "/entry1/data/data", type, sizes);
    };
  };
  expect_refused_after([](hid_t file) { H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT); },
                       {"it has no dataset /entry1/data/data"});
  expect_refused_after([](hid_t file) { H5Ldelete(file, "/entry1", H5P_DEFAULT); },
                       {"it has no dataset /entry1/data/data"});
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
        H5Gclose(H5Gcreate2(file, "/entry1/data/data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
      },
      {"/entry1/data/data is not a dataset"});
  expect_refused_after(with_stack(H5T_STD_U16LE, {6, 8}), {"is 6 x 8", "frames x rows x columns"});
  expect_refused_after(with_stack(H5T_STD_U16LE, {9, 6, 8, 2}), {"is 9 x 6 x 8 x 2"});
  expect_refused_after(with_stack(H5T_C_S1, {9, 6, 8}), {"is of type string"});
  expect_refused_after(with_stack(H5T_STD_I64LE, {9, 6, 8}), {"64-bit signed integer"});
  expect_refused_after(with_stack(H5T_STD_U32LE, {9, 6, 8}), {"32-bit unsigned integer"});
  expect_refused_after(with_stack(H5T_STD_B16LE, {9, 6, 8}), {"neither integer nor floating-point"});
  expect_refused_after(with_stack(H5T_STD_U16LE, {0, 6, 8}), {"is 0 x 6 x 8", "no images"});
  expect_refused_after(with_stack(H5T_STD_U16LE, {1, 6, 8}), {"no images"});
  expect_refused_after(with_stack(H5T_STD_U16LE, {9, 0, 8}), {"rows and columns"});
  expect_refused_after(with_stack(H5T_STD_U16LE, {9, 6, 0}), {"rows and columns"});
  expect_refused_after(
      [&](hid_t file) {
        hid_t const compound = H5Tcreate(H5T_COMPOUND, 4);
        H5Tinsert(compound, "a", 0, H5T_NATIVE_INT);
        with_stack(compound, {9, 6, 8})(file);
        H5Tclose(compound);
      },
      {"is of type compound"});
}

TEST_F(ScanReaderTest, DimensionsThatOverflow) {
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
        std::array<hsize_t, 3> const sizes{9, 1ULL << 31, 8};
        std::array<hsize_t, 3> const chunk{1, 1, 8};
        hid_t const space = H5Screate_simple(3, sizes.data(), nullptr);
        hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(properties, 3, chunk.data());
        H5Dclose(H5Dcreate2(file, "/entry1/data/data", H5T_STD_U16LE, space, H5P_DEFAULT, properties, H5P_DEFAULT));
        H5Pclose(properties);
        H5Sclose(space);
      },
      {"2147483648", "too large"});
  expect_refused_after(
      [](hid_t file) {
        H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
        hsize_t const most = (1ULL << 31) - 1;
        std::array<hsize_t, 3> const sizes{1 << 20, most, most};
        std::array<hsize_t, 3> const chunk{1, 1, 8};
        hid_t const space = H5Screate_simple(3, sizes.data(), nullptr);
        hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(properties, 3, chunk.data());
        H5Dclose(H5Dcreate2(file, "/entry1/data/data", H5T_STD_U8LE, space, H5P_DEFAULT, properties, H5P_DEFAULT));
        H5Pclose(properties);
        H5Sclose(space);
      },
      {"too large"});
}

TEST_F(ScanReaderTest, NumberOfFrames) {
  for (auto const& [rule, filter, needed, name] : {std::tuple{AreaRule::peer, CosmicFilter::off, 5, "peer"},
                                                   {AreaRule::conserving, CosmicFilter::off, 4, "conserving"},
                                                   {AreaRule::peer, CosmicFilter::on, 9, "cosmic filter"},
                                                   {AreaRule::conserving, CosmicFilter::on, 9, "cosmic filter"}}) {
    ScanInfo info;
    info.path = "a.h5";
    info.stored_frames = needed;
    EXPECT_NO_THROW(require_enough_frames(info, rule, filter));
    info.stored_frames = needed - 1;
    expect_error([&, r = rule, f = filter] { require_enough_frames(info, r, f); }, ReturnCode::bad_input,
                 {"a.h5", std::to_string(needed - 1) + " frames", name, "at least " + std::to_string(needed)});
  }
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
