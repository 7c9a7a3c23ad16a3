#include "io/scan_metadata.hpp"

#include <limits>
#include <optional>
#include <utility>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "scan_reader_fixture.hpp"

namespace lauebench {
namespace {

using test::put_dataset;
using test::ScanSpec;
using test::write_scan;

class ScanMetadataTest : public test::ScanReaderTest {};

TEST_F(ScanMetadataTest, WireVectors) {
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

TEST_F(ScanMetadataTest, AbsentWireIsZeroAndOneElementWinsOverTheBase) {
  ScanSpec spec;
  spec.wire = {{"wireX", {1.0}}, {"wirebaseX", {2.0}}};
  ScanReader const reader(written(spec));
  EXPECT_EQ(reader.info().wire_raw_um.size(), 8U);
  EXPECT_EQ(reader.info().wire_raw_um.back().x, 1.0);
  EXPECT_EQ(reader.info().wire_raw_um.back().y, 0.0);
}

TEST_F(ScanMetadataTest, WireVectorsOfTheWrongLength) {
  for (std::size_t const length : {0UL, 2UL, 9UL, 10UL, 12UL}) {
    ScanSpec spec;
    spec.wire = {{"wireY", std::vector<double>(length, 1.0)}};
    expect_refused(spec, {"/entry1/wire/wireY has " + std::to_string(length) + " elements", "9 frames need 11"});
  }
  ScanSpec spec;
  spec.wire = {{"wirebaseY", {1.0, 2.0}}};
  expect_refused(spec, {"wirebaseY has 2 elements"});
}

TEST_F(ScanMetadataTest, PositionsThatAreNoNumbers) {
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

TEST_F(ScanMetadataTest, WireOfTheWrongType) {
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

TEST_F(ScanMetadataTest, RegionDefaults) {
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

TEST_F(ScanMetadataTest, RegionFromTheFile) {
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

TEST_F(ScanMetadataTest, RegionThatMakesNoSense) {
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

TEST_F(ScanMetadataTest, RegionThatContradictsTheFrames) {
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

TEST_F(ScanMetadataTest, FileTime) {
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

}  // namespace
}  // namespace lauebench
