#include "io/metadata_size.hpp"

#include <gtest/gtest.h>

#include "io/depth_files.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::ScanSpec;
using test::TemporaryFolder;
using test::write_scan;

constexpr std::uint64_t kib = 1024;

class MetadataSizeTest : public testing::Test {
 protected:
  void SetUp() override { write_scan(scan(), ScanSpec{}); }

  [[nodiscard]] std::filesystem::path scan() const { return folder_ / "scan.h5"; }

  /// Opens the scan for a change.
  template <class Change>
  void change_scan(Change change) const {
    hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    change(file);
    ASSERT_GE(H5Fclose(file), 0);
  }

  [[nodiscard]] std::uint64_t size() const { return metadata_bytes(hdf5::open_for_reading(scan()), "cannot copy"); }

  TemporaryFolder folder_;
};

void put_numbers(hid_t file, char const* path, hsize_t count, hid_t properties) {
  hid_t const space = H5Screate_simple(1, &count, nullptr);
  hid_t const dataset = H5Dcreate2(file, path, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  std::vector<double> const values(count, 1.0);
  EXPECT_GE(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  H5Dclose(dataset);
  H5Sclose(space);
}

TEST_F(MetadataSizeTest, FramesAreNotInIt) {
  ScanSpec large;
  large.rows = 400;
  large.columns = 300;
  auto const before = size();
  write_scan(scan(), large);
  EXPECT_EQ(size(), before);
  EXPECT_LT(before, 16 * kib);
}

TEST_F(MetadataSizeTest, DatasetsCountAsTheyAreStored) {
  auto const before = size();
  change_scan([](hid_t file) {
    put_numbers(file, "/entry1/detector/dark", 100000, H5P_DEFAULT);
    H5Lcreate_hard(file, "/entry1/detector/dark", file, "/dark", H5P_DEFAULT, H5P_DEFAULT);
    hid_t const compressed = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t const chunk = 10000;
    H5Pset_chunk(compressed, 1, &chunk);
    H5Pset_deflate(compressed, 1);
    put_numbers(file, "/entry1/detector/flat", 100000, compressed);
    H5Pclose(compressed);
  });
  EXPECT_GE(size(), before + 800000);
  EXPECT_LT(size(), before + 800000 + 64 * kib);
}

/// Texts of variable length, as one value or as a vector.
void put_texts(hid_t file, char const* path, std::vector<std::string> const& texts) {
  hid_t const type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  hsize_t const count = texts.size();
  hid_t const space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr);
  hid_t const dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  std::vector<char const*> values;
  values.reserve(texts.size());
  for (std::string const& text : texts) {
    values.push_back(text.c_str());
  }
  EXPECT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  H5Dclose(dataset);
  H5Sclose(space);
  H5Tclose(type);
}

TEST_F(MetadataSizeTest, TextsOfVariableLengthCount) {
  auto const before = size();
  change_scan([](hid_t file) {
    put_texts(file, "/log", {std::string(500000, 'x')});
    put_texts(file, "/lines", std::vector<std::string>(100, std::string(3000, 'y')));
  });
  EXPECT_GE(size(), before + 800000);
  EXPECT_LT(size(), before + 800000 + 16 * kib);
}

/// Texts of variable length in chunks of which the first alone is stored, in a vector of 10^12.
void put_few_of_many_texts(hid_t file, char const* path, hsize_t chunk, std::string const& text) {
  hid_t const type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  hsize_t const extent = 1'000'000'000'000;
  hid_t const space = H5Screate_simple(1, &extent, nullptr);
  hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 1, &chunk);
  H5Pset_deflate(properties, 1);
  hid_t const dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  hsize_t const first = 3;
  H5Sselect_elements(space, H5S_SELECT_SET, 1, &first);
  hid_t const one = H5Screate(H5S_SCALAR);
  char const* const value = text.c_str();
  EXPECT_GE(H5Dwrite(dataset, type, one, space, H5P_DEFAULT, static_cast<void const*>(&value)), 0);
  H5Sclose(one);
  H5Dclose(dataset);
  H5Pclose(properties);
  H5Sclose(space);
  H5Tclose(type);
}

// HDF5 asks for the values one after the other: for all of them it would take days, and for those of a chunk of 2 MiB
// hours if it was decompressed for each.
TEST_F(MetadataSizeTest, OnlyStoredTextsAreAskedFor) {
  auto const before = size();
  change_scan([](hid_t file) {
    put_few_of_many_texts(file, "/few", 100, std::string(300000, 'x'));
    put_few_of_many_texts(file, "/large", 131072, std::string(300000, 'y'));
  });
  EXPECT_GE(size(), before + 600000);
  EXPECT_LT(size(), before + 600000 + 64 * kib);
}

TEST_F(MetadataSizeTest, WhatLiesBehindALinkInTheImagesWayCounts) {
  std::filesystem::rename(scan(), folder_ / "other.h5");
  hid_t const other = H5Fopen((folder_ / "other.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  put_numbers(other, "/entry1/detector/dark", 100000, H5P_DEFAULT);
  H5Fclose(other);
  hid_t const file = H5Fcreate(scan().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_external("other.h5", "/entry1", file, "/entry1", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  EXPECT_GE(size(), 800000U);
  EXPECT_LT(size(), 800000 + 64 * kib);
}

TEST_F(MetadataSizeTest, TemplateIsAsLargeAsWasSaid) {
  change_scan([](hid_t file) { put_numbers(file, "/dark", 100000, H5P_DEFAULT); });
  auto const said = depth_file_template_bytes(scan(), ElementType::float64, 6, 8);
  auto const made = make_depth_file_template(scan(), ElementType::float64, 6, 8).bytes.size();
  EXPECT_NEAR(static_cast<double>(said), static_cast<double>(made), 16.0 * kib);
}

}  // namespace
}  // namespace lauebench
