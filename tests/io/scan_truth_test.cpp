#include "io/scan_truth.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "config/error.hpp"
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
