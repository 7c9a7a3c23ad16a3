#include "io/scan_stack.hpp"

#include <array>
#include <fstream>
#include <tuple>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "scan_reader_fixture.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::put_dataset;
using test::ScanSpec;
using test::write_scan;

class ScanStackTest : public test::ScanReaderTest {};

TEST_F(ScanStackTest, StackThatWasNeverWritten) {
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

TEST_F(ScanStackTest, StackInOtherFilesIsRefused) {
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

TEST_F(ScanStackTest, FilesThatAreNoScans) {
  expect_refused({"no such file"});
  expect_error([&] { ScanReader const reader(folder_.path()); }, ReturnCode::bad_input, {"it is a folder"});
  std::ofstream(scan()) << "this is not HDF5";
  expect_refused({"not an HDF5 file"});
  std::ofstream(scan(), std::ios::trunc).flush();
  expect_refused({"not an HDF5 file"});
  expect_error([&] { ScanReader const reader(scan() / "below"); }, ReturnCode::bad_input, {"no such file"});
}

TEST_F(ScanStackTest, TruncatedFiles) {
  ScanSpec spec;
  spec.rows = 256;
  auto const size = std::filesystem::file_size(written(spec));
  for (auto const left : {size - 1, size / 2}) {
    write_scan(scan(), spec);
    std::filesystem::resize_file(scan(), left);
    expect_refused({"truncated", std::to_string(left)});
  }
}

TEST_F(ScanStackTest, FilesThatShrinkWhileTheyAreRead) {
  write_scan(scan(), ScanSpec{});
  ScanReader reader(scan());
  std::filesystem::resize_file(scan(), 1000);
  std::vector<std::byte> bytes(static_cast<std::size_t>(reader.info().image_bytes()) * 8);
  expect_error([&] { reader.read_rows(0, 6, bytes); }, ReturnCode::io_error, {scan().string(), "bytes too early"});
}

TEST_F(ScanStackTest, ContiguousFramesBeyondTheEndOfTheirFile) {
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

TEST_F(ScanStackTest, StacksOfTheWrongKind) {
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

TEST_F(ScanStackTest, DimensionsThatOverflow) {
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

TEST_F(ScanStackTest, NumberOfFrames) {
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

}  // namespace
}  // namespace lauebench
