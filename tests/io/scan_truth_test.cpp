#include "io/scan_truth.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "config/error.hpp"
#include "expect_error.hpp"
#include "io/scan_writer.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::TemporaryFolder;

void write_scan_with(ScanTruth const& truth, std::filesystem::path const& output) {
  ScanFileDescription description;
  description.output = output;
  description.stored_frames = 5;
  description.rows = 1;
  description.columns = 1;
  description.element_type = ElementType::uint8;
  description.wire_raw_um.resize(7);
  ScanWriter writer(description);
  std::vector<std::byte> const value(1);
  for (std::int64_t index = 0; index < writer.block_count(); ++index) {
    writer.write_block(index, value);
  }
  writer.publish(truth);
}

TEST(ScanTruth, IsReadBackAsItWasWritten) {
  TemporaryFolder const folder;
  ScanTruth const truth{{{1.5, 2.5, 3.5, 4.5, 5.5, 6.5}, {-1.0, 2.0, 3.0, 4.0, 5.0, 6.0}},
                        7.25,
                        -10.0,
                        20.0,
                        0.75,
                        CountNoise::none,
                        0xfedcba9876543210U,
                        3,
                        123456789012,
                        "<geoN/>\nsecond line"};
  write_scan_with(truth, folder / "scan.h5");
  auto const read = read_scan_truth(folder / "scan.h5");
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->grains.size(), 2U);
  EXPECT_EQ(read->grains[0].row, 1.5);
  EXPECT_EQ(read->grains[0].column, 2.5);
  EXPECT_EQ(read->grains[0].sigma_px, 3.5);
  EXPECT_EQ(read->grains[0].amplitude_counts, 4.5);
  EXPECT_EQ(read->grains[0].depth_start_um, 5.5);
  EXPECT_EQ(read->grains[0].depth_end_um, 6.5);
  EXPECT_EQ(read->grains[1].row, -1.0);
  EXPECT_EQ(read->background_counts, 7.25);
  EXPECT_EQ(read->depth_start_um, -10.0);
  EXPECT_EQ(read->depth_end_um, 20.0);
  EXPECT_EQ(read->wire_step_um, 0.75);
  EXPECT_EQ(read->noise, CountNoise::none);
  EXPECT_EQ(read->seed, 0xfedcba9876543210U);
  EXPECT_EQ(read->generator_version, 3);
  EXPECT_EQ(read->saturated_values, 123456789012);
  EXPECT_EQ(read->geometry_text, "<geoN/>\nsecond line");
}

TEST(ScanTruth, NoGrainsAndNoTextAreFine) {
  TemporaryFolder const folder;
  write_scan_with({}, folder / "scan.h5");
  auto const read = read_scan_truth(folder / "scan.h5");
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->grains.empty());
  EXPECT_EQ(read->geometry_text, "");
}

/// Writes what is in the place of one item of the truth, of `count` values that are larger than those that belong
/// there.
void spoil(std::filesystem::path const& scan, char const* item, hid_t type, hsize_t count) {
  hid_t const file = H5Fopen(scan.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  hid_t const group = H5Gopen2(file, "/entry1/simulation", H5P_DEFAULT);
  hid_t const space = H5Screate_simple(1, &count, nullptr);
  bool const is_attribute = H5Aexists(group, item) > 0;
  ASSERT_GE(is_attribute ? H5Adelete(group, item) : H5Ldelete(group, item, H5P_DEFAULT), 0);
  if (is_attribute) {
    H5Aclose(H5Acreate2(group, item, type, space, H5P_DEFAULT, H5P_DEFAULT));
  } else {
    H5Dclose(H5Dcreate2(group, item, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
  H5Sclose(space);
  H5Gclose(group);
  ASSERT_GE(H5Fclose(file), 0);
}

TEST(ScanTruth, ItemsOfAnotherShapeOrTypeAreRefusedBeforeTheyAreRead) {
  TemporaryFolder const folder;
  auto const scan = folder / "scan.h5";
  hid_t const variable_text = H5Tcopy(H5T_C_S1);
  H5Tset_size(variable_text, H5T_VARIABLE);
  auto const expect_refused = [&scan](char const* item, hid_t type, hsize_t count, std::string const& why) {
    write_scan_with({}, scan);
    spoil(scan, item, type, count);
    test::expect_error([&scan] { static_cast<void>(read_scan_truth(scan)); }, ReturnCode::bad_input, {item, why});
  };
  expect_refused("seed", H5T_STD_U64LE, 1000, "it has 1000 elements, not 1 to 1");
  expect_refused("background_counts", variable_text, 1, "it is of type string");
  expect_refused("row", H5T_IEEE_F64LE, hsize_t{1} << 40U, "it has 1099511627776 elements, not 0 to 1000000");
  expect_refused("column", variable_text, 1, "it is of type string");
  expect_refused("geometry", H5T_C_S1, 1000, "it has 1000 elements, not 1 to 1");
  expect_refused("geometry", variable_text, 1, "it is no text of fixed length");
  expect_refused("geometry", H5T_STD_U64LE, 1, "it is no text of fixed length");
  H5Tclose(variable_text);
}

TEST(ScanTruth, MeasuredScanHasNone) {
  TemporaryFolder const folder;
  test::write_scan(folder / "scan.h5", {});
  EXPECT_FALSE(read_scan_truth(folder / "scan.h5").has_value());
}

TEST(ScanTruth, MissingFileIsAnError) {
  TemporaryFolder const folder;
  EXPECT_THROW(static_cast<void>(read_scan_truth(folder / "missing.h5")), Error);
}

}  // namespace
}  // namespace lauebench
