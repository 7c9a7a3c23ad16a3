#include <chrono>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "expect_error.hpp"
#include "file_content.hpp"
#include "io/depth_files.hpp"
#include "io/scan_reader.hpp"
#include "support/depth_file_reader.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::file_content;
using test::read_depth_image;
using test::ScanSpec;
using test::TemporaryFolder;
using test::write_scan;

void put_attribute(hid_t object, char const* name, hid_t type, void const* value) {
  hid_t const space = H5Screate(H5S_SCALAR);
  hid_t const attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  ASSERT_GE(attribute, 0);
  ASSERT_GE(H5Awrite(attribute, type, value), 0);
  H5Aclose(attribute);
  H5Sclose(space);
}

void put_attribute_at(hid_t file, char const* path, char const* name, hid_t type, void const* value) {
  hid_t const object = H5Oopen(file, path, H5P_DEFAULT);
  put_attribute(object, name, type, value);
  H5Oclose(object);
}

hid_t variable_text() {
  hid_t const type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  return type;
}

hid_t put_dataset(hid_t file, char const* path, hid_t type, hid_t properties, std::vector<hsize_t> const& sizes,
                  void const* values) {
  hid_t const space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
  hid_t const dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  EXPECT_GE(dataset, 0) << path;
  if (values != nullptr) {
    EXPECT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0) << path;
  }
  H5Sclose(space);
  return dataset;
}

/// Everything that is to be copied, beyond what the fixture writes: attributes of several kinds, text of variable
/// length, a compressed and a committed type's dataset, links that dangle, a further hard link, a ring of groups.
void add_metadata(hid_t file) {
  int const number = 42;
  hid_t const text = variable_text();
  char const* const words = "text of variable length";
  put_attribute_at(file, "/", "facility", text, &words);
  put_attribute_at(file, "/entry1", "number", H5T_STD_I32BE, &number);
  put_attribute_at(file, "/entry1/data", "group attribute", H5T_NATIVE_INT, &number);
  put_attribute_at(file, "/entry1/title", "on a dataset", text, &words);
  hid_t const null_space = H5Screate(H5S_NULL);
  hid_t const entry = H5Gopen2(file, "/entry1", H5P_DEFAULT);
  H5Aclose(H5Acreate2(entry, "empty", H5T_NATIVE_INT, null_space, H5P_DEFAULT, H5P_DEFAULT));
  H5Gclose(entry);
  H5Sclose(null_space);

  hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
  hsize_t const chunk = 4;
  H5Pset_chunk(properties, 1, &chunk);
  H5Pset_deflate(properties, 3);
  std::array<double, 10> const numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  H5Dclose(put_dataset(file, "/entry1/detector/temperatures", H5T_NATIVE_DOUBLE, properties, {10}, numbers.data()));
  H5Pclose(properties);
  H5Dclose(put_dataset(file, "/entry1/data/beside the stack", text, H5P_DEFAULT, {1}, &words));
  H5Tclose(text);

  hid_t const type = H5Tcopy(H5T_STD_I16BE);
  H5Tcommit2(file, "/entry1/zz_type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  std::int16_t const one = 1;
  H5Dclose(put_dataset(file, "/entry1/aa_of_committed_type", type, H5P_DEFAULT, {1}, &one));
  H5Tclose(type);

  H5Lcreate_soft("/entry1/title", file, "/name", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/nowhere/at/all", file, "/dangling", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_external("another file.h5", "/there", file, "/entry1/elsewhere", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_hard(file, "/entry1/title", file, "/entry1/same title", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_hard(file, "/entry1", file, "/entry1/detector/up", H5P_DEFAULT, H5P_DEFAULT);
}

class DepthTemplate : public testing::Test {
 protected:
  template <class Change>
  void make_scan(Change change, ScanSpec const& spec = {}) const {
    write_scan(scan(), spec);
    hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    change(file);
    ASSERT_GE(H5Fclose(file), 0);
  }

  [[nodiscard]] std::filesystem::path scan() const { return folder_ / "scan.h5"; }

  /// The one depth file of a reconstruction with an image of zeros at depth 2.5 um.
  [[nodiscard]] std::filesystem::path depth_file(ElementType type = ElementType::uint16) const {
    auto file_template = make_depth_file_template(scan(), type, 6, 8);
    std::vector<std::byte> const image(6 * 8 * size_bytes(type));
    DepthFileWriter writer(folder_ / "out", DepthGrid{2.5, 1.0, 1}, std::move(file_template));
    writer.write_rows(0, 6, image);
    writer.publish();
    return folder_ / "out0.h5";
  }

  TemporaryFolder folder_;
};

/// Takes out of a scan what depth files do not have, and puts in what they have, as any program would with plain HDF5
/// calls.
void make_reference(hid_t file) {
  H5Ldelete(file, "/entry1/data/data", H5P_DEFAULT);
  H5Ldelete(file, "/entry1/wire", H5P_DEFAULT);
  hid_t const image =
      put_dataset(file, "/entry1/data/data", H5T_STD_U16LE, H5P_DEFAULT, {6, 8}, std::vector<std::uint16_t>(48).data());
  int const one = 1;
  put_attribute(image, "signal", H5T_STD_I32LE, &one);
  H5Dclose(image);
  double const depth_um = 2.5;
  hid_t const depth = put_dataset(file, "/entry1/depth", H5T_IEEE_F64LE, H5P_DEFAULT, {1}, &depth_um);
  hid_t const type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, 6);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  put_attribute(depth, "units", type, "micron");
  H5Tclose(type);
  H5Dclose(depth);
}

TEST_F(DepthTemplate, HoldsWhatPlainHdf5CallsWouldHaveWritten) {
  make_scan(add_metadata);
  auto const reference = folder_ / "reference.h5";
  std::filesystem::copy_file(scan(), reference);
  hid_t const file = H5Fopen(reference.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  make_reference(file);
  H5Fclose(file);

  auto const written = depth_file();
  auto const found = file_content(written);
  EXPECT_EQ(found, file_content(reference));
  EXPECT_EQ(found.at("/entry1/depth").substr(0, 7), "dataset");
  EXPECT_EQ(found.count("/entry1/wire"), 0U);
  if (std::system("command -v h5diff > /dev/null") == 0) {
    auto const command = "h5diff '" + written.string() + "' '" + reference.string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
}

TEST_F(DepthTemplate, SharedObjectsStayShared) {
  make_scan(add_metadata);
  hid_t const file = H5Fopen(depth_file().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  auto const address = [file](char const* path) {
    H5O_info_t info{};
    EXPECT_GE(H5Oget_info_by_name2(file, path, &info, H5O_INFO_BASIC, H5P_DEFAULT), 0) << path;
    return info.addr;
  };
  EXPECT_EQ(address("/entry1/title"), address("/entry1/same title"));
  EXPECT_EQ(address("/entry1"), address("/entry1/detector/up"));
  hid_t const dataset = H5Dopen2(file, "/entry1/aa_of_committed_type", H5P_DEFAULT);
  hid_t const type = H5Dget_type(dataset);
  H5O_info_t info{};
  H5Oget_info2(type, &info, H5O_INFO_BASIC);
  EXPECT_EQ(info.addr, address("/entry1/zz_type"));
  H5Tclose(type);
  H5Dclose(dataset);
  H5Fclose(file);
}

TEST_F(DepthTemplate, LinksThatLeadToTheStackAreLeftOut) {
  make_scan([](hid_t file) {
    H5Lcreate_hard(file, "/entry1/data/data", file, "/entry1/hard", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/entry1/data/data", file, "/soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/soft", file, "/soft to soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("data", file, "/entry1/data/beside", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("scan.h5", "/entry1/data/data", file, "/entry1/round about", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/entry1/data", file, "/to the group", H5P_DEFAULT, H5P_DEFAULT);
  });
  auto const content = file_content(depth_file());
  for (char const* const left_out :
       {"/entry1/hard", "/soft", "/soft to soft", "/entry1/data/beside", "/entry1/round about"}) {
    EXPECT_EQ(content.count(left_out), 0U) << left_out;
  }
  EXPECT_EQ(content.count("/to the group"), 1U);
  EXPECT_EQ(content.count("/entry1/data/data"), 1U);
}

TEST_F(DepthTemplate, AnEarlierDepthIsReplaced) {
  make_scan([](hid_t file) { H5Gclose(H5Gcreate2(file, "/entry1/depth", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)); });
  auto const image = read_depth_image(depth_file());
  EXPECT_EQ(image.depth_um, 2.5);
  EXPECT_EQ(image.signal, 1);
}

TEST_F(DepthTemplate, WireVectorsUnderTheEntryStay) {
  ScanSpec spec;
  spec.wire_group = "/entry1";
  make_scan([](hid_t) {}, spec);
  EXPECT_EQ(file_content(depth_file()).count("/entry1/wireY"), 1U);
}

TEST_F(DepthTemplate, LinksInTheImagesWayBecomeGroups) {
  make_scan([](hid_t file) {
    H5Lmove(file, "/entry1", file, "/real entry", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/real entry", file, "/entry1", H5P_DEFAULT, H5P_DEFAULT);
  });
  EXPECT_EQ(read_depth_image(depth_file()).rows, 6);

  auto const frames = folder_ / "frames.h5";
  write_scan(frames, ScanSpec{});
  auto const bytes_before = std::filesystem::file_size(frames);
  auto const content_before = file_content(frames);
  make_scan([](hid_t file) {
    H5Ldelete(file, "/entry1/data", H5P_DEFAULT);
    H5Lcreate_external("frames.h5", "/entry1/data", file, "/entry1/data", H5P_DEFAULT, H5P_DEFAULT);
  });
  EXPECT_EQ(read_depth_image(depth_file()).rows, 6);
  EXPECT_EQ(std::filesystem::file_size(frames), bytes_before);
  EXPECT_EQ(file_content(frames), content_before) << "a linked file is never written to";
}

TEST_F(DepthTemplate, UserBlocksAndOffsets) {
  ScanSpec spec;
  spec.user_block_bytes = 1024;
  make_scan([](hid_t) {}, spec);
  for (ElementType const type : all_element_types) {
    auto const file_template = make_depth_file_template(scan(), type, 6, 8);
    EXPECT_EQ(file_template.rows, 6);
    EXPECT_EQ(file_template.columns, 8);
    EXPECT_EQ(file_template.element_type, type);
    EXPECT_EQ(file_template.scan, scan());
    auto const image_begin = file_template.bytes.begin() + static_cast<std::ptrdiff_t>(file_template.image_offset);
    EXPECT_TRUE(std::all_of(image_begin, image_begin + static_cast<std::ptrdiff_t>(48 * size_bytes(type)),
                            [](std::byte b) { return b == std::byte{}; }));
    EXPECT_EQ(read_depth_image(depth_file(type)).depth_um, 2.5);
  }
}

/// HDF5 1.10.8 writes over the end of its buffers when it copies objects of this format to a file with longer
/// addresses.
TEST_F(DepthTemplate, AddressesAreAsLongAsTheScans) {
  hid_t const creation = H5Pcreate(H5P_FILE_CREATE);
  H5Pset_sizes(creation, 4, 4);
  hid_t const access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  hid_t const file = H5Fcreate(scan().c_str(), H5F_ACC_TRUNC, creation, access);
  for (char const* const group : {"/entry1", "/entry1/data"}) {
    H5Gclose(H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
  std::vector<std::uint16_t> const frames(6 * 6 * 8);
  H5Dclose(put_dataset(file, "/entry1/data/data", H5T_STD_U16LE, H5P_DEFAULT, {6, 6, 8}, frames.data()));
  double const number = 4.5;
  H5Dclose(put_dataset(file, "/entry1/number", H5T_IEEE_F64LE, H5P_DEFAULT, {1}, &number));
  H5Pclose(access);
  H5Pclose(creation);
  ASSERT_GE(H5Fclose(file), 0);

  hid_t const depth = H5Fopen(depth_file().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t const found = H5Fget_create_plist(depth);
  std::size_t address_bytes = 0;
  std::size_t length_bytes = 0;
  H5Pget_sizes(found, &address_bytes, &length_bytes);
  EXPECT_EQ(address_bytes, 4U);
  EXPECT_EQ(length_bytes, 4U);
  hid_t const copy = H5Dopen2(depth, "/entry1/number", H5P_DEFAULT);
  double copied = 0.0;
  H5Dread(copy, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &copied);
  EXPECT_EQ(copied, 4.5);
  H5Dclose(copy);
  H5Pclose(found);
  H5Fclose(depth);
}

TEST_F(DepthTemplate, IsTheSameWheneverItIsBuilt) {
  make_scan(add_metadata);
  auto const first = make_depth_file_template(scan(), ElementType::uint16, 6, 8);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // HDF5 stamps objects with whole seconds
  EXPECT_TRUE(make_depth_file_template(scan(), ElementType::uint16, 6, 8).bytes == first.bytes);
}

TEST_F(DepthTemplate, TheFramesAreNotInIt) {
  ScanSpec spec;
  spec.rows = 300;
  spec.columns = 200;
  make_scan([](hid_t) {}, spec);
  auto const file_template = make_depth_file_template(scan(), ElementType::uint8, 300, 200);
  EXPECT_LT(file_template.bytes.size(), 300U * 200U + 16384U);
}

TEST_F(DepthTemplate, GoldenScanKeepsItsMetadata) {
  auto const golden = std::filesystem::path(LAUEBENCH_TEST_DATA) / "golden" / "leading_u16" / "scan.h5";
  auto expected = file_content(golden);
  std::erase_if(expected, [](auto const& entry) {
    return entry.first.starts_with("/entry1/wire") || entry.first.starts_with("/entry1/data/data");
  });
  std::filesystem::copy_file(golden, scan());
  auto found = file_content(depth_file());
  std::erase_if(found, [](auto const& entry) {
    return entry.first.starts_with("/entry1/depth") || entry.first.starts_with("/entry1/data/data");
  });
  EXPECT_EQ(found, expected);
  EXPECT_GT(found.size(), 15U);
}

TEST_F(DepthTemplate, AnAttributeThatIsTooLargeIsNamed) {
  std::vector<double> const values(10'000);
  hid_t const access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  write_scan(scan(), ScanSpec{});
  hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, access);
  hid_t const group = H5Gcreate2(file, "/new", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  hsize_t const size = values.size();
  hid_t const space = H5Screate_simple(1, &size, nullptr);
  hid_t const attribute = H5Acreate2(group, "big", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT);
  EXPECT_GE(H5Awrite(attribute, H5T_NATIVE_DOUBLE, values.data()), 0);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Gclose(group);
  H5Fclose(file);
  H5Pclose(access);
  expect_error([&] { static_cast<void>(make_depth_file_template(scan(), ElementType::uint16, 6, 8)); },
               ReturnCode::bad_input, {scan().string(), "attribute 'big' of a group has 80000 bytes"});
}

TEST_F(DepthTemplate, ErrorsNameTheScan) {
  expect_error([&] { static_cast<void>(make_depth_file_template(scan(), ElementType::uint16, 6, 8)); },
               ReturnCode::bad_input, {scan().string(), "no such file"});
}

}  // namespace
}  // namespace lauebench
