#include "synthetic/generate.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "config/error.hpp"
#include "io/scan_truth.hpp"
#include "support/temporary_folder.hpp"
#include "synthetic/grain_model.hpp"
#include "synthetic_fixture.hpp"

namespace lauebench {
namespace {

using test::read_images;
using test::small_scan;
using test::TemporaryFolder;
using testing::HasSubstr;

std::string text_of(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string refusal(GenerateConfig const& config, ReturnCode code = ReturnCode::bad_input) {
  try {
    generate_scan(config);
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "accepted";
}

TEST(Generate, FileHasTheLayoutOfAScan) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "scan.h5");
  config.bin_x = 2;
  config.bin_y = 4;
  config.region_start = DetectorPixel{100, 200};
  auto const result = generate_scan(config);
  ScanReader const reader(config.output);
  ScanInfo const& info = reader.info();
  EXPECT_EQ(info.stored_frames, 61);
  EXPECT_EQ(info.rows, 40);
  EXPECT_EQ(info.columns, 52);
  EXPECT_EQ(info.element_type, ElementType::uint16);
  EXPECT_EQ(info.region.start_x, 100);
  EXPECT_EQ(info.region.start_y, 200);
  EXPECT_EQ(info.region.end_x, 203);
  EXPECT_EQ(info.region.end_y, 359);
  EXPECT_EQ(info.region.bin_x, 2);
  EXPECT_EQ(info.region.bin_y, 4);
  EXPECT_EQ(info.region.full_x, 2048);
  EXPECT_EQ(info.region.full_y, 2048);
  EXPECT_FALSE(info.layout.chunk.has_value());
  EXPECT_EQ(info.wire_raw_um.size(), 60U);
  double const step =
      std::hypot(info.wire_raw_um[1].y - info.wire_raw_um[0].y, info.wire_raw_um[1].z - info.wire_raw_um[0].z);
  EXPECT_NEAR(step, result.wire_step_um, 1e-9);
  EXPECT_EQ(result.file_bytes, std::filesystem::file_size(config.output));
  EXPECT_FALSE(std::filesystem::exists(folder / "scan.h5.part"));
}

TEST(Generate, RegionIsInTheMiddleUnlessGiven) {
  TemporaryFolder const folder;
  auto const config = small_scan(folder / "scan.h5");
  generate_scan(config);
  ScanReader const reader(config.output);
  EXPECT_EQ(reader.info().region.start_x, (2048 - 52) / 2);
  EXPECT_EQ(reader.info().region.start_y, (2048 - 40) / 2);
}

TEST(Generate, TruthIsStored) {
  TemporaryFolder const folder;
  auto const config = small_scan(folder / "scan.h5");
  auto const result = generate_scan(config);
  auto const truth = read_scan_truth(config.output);
  ASSERT_TRUE(truth.has_value());
  auto const grains = draw_grains(
      {config.grains, config.rows, config.columns, config.depth_range, config.amplitude_counts, config.seed});
  ASSERT_EQ(truth->grains.size(), 4U);
  for (std::size_t grain = 0; grain < grains.size(); ++grain) {
    EXPECT_EQ(truth->grains[grain].row, grains[grain].row);
    EXPECT_EQ(truth->grains[grain].column, grains[grain].column);
    EXPECT_EQ(truth->grains[grain].sigma_px, grains[grain].sigma_px);
    EXPECT_EQ(truth->grains[grain].amplitude_counts, grains[grain].amplitude_counts);
    EXPECT_EQ(truth->grains[grain].depth_start_um, grains[grain].depth_start_um);
    EXPECT_EQ(truth->grains[grain].depth_end_um, grains[grain].depth_end_um);
  }
  EXPECT_EQ(truth->background_counts, 12.0);
  EXPECT_EQ(truth->depth_start_um, -5.0);
  EXPECT_EQ(truth->depth_end_um, 45.0);
  EXPECT_EQ(truth->wire_step_um, result.wire_step_um);
  EXPECT_EQ(truth->noise, CountNoise::poisson);
  EXPECT_EQ(truth->seed, 7U);
  EXPECT_EQ(truth->generator_version, generator_version);
  EXPECT_EQ(truth->saturated_values, 0);
  EXPECT_EQ(truth->geometry_text, text_of(config.geometry));
}

TEST(Generate, SaturationIsCounted) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "scan.h5");
  config.element_type = ElementType::uint8;
  auto const result = generate_scan(config);
  // Frame 0 is not part of what the reader gives.
  EXPECT_GE(result.saturated_values, std::ranges::count(read_images<std::uint8_t>(config.output), 255));
  EXPECT_GT(result.saturated_values, 0);
  EXPECT_EQ(read_scan_truth(config.output)->saturated_values, result.saturated_values);
}

TEST(Generate, SameSeedSameFramesWhateverTheThreads) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "first.h5");
  config.threads = 1;
  generate_scan(config);
  auto const first = read_images<std::uint16_t>(config.output);
  for (int const threads : {1, 2, 5}) {
    config.output = folder / "again.h5";
    config.threads = threads;
    generate_scan(config);
    EXPECT_EQ(read_images<std::uint16_t>(config.output), first) << threads << " threads";
  }
  config.seed = 8;
  generate_scan(config);
  EXPECT_NE(read_images<std::uint16_t>(config.output), first);
}

TEST(Generate, ChunksAndFiltersHoldTheSameFrames) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "contiguous.h5");
  generate_scan(config);
  auto const contiguous = read_images<std::uint16_t>(config.output);
  struct Layout {
    std::optional<ChunkShape> chunk;
    int gzip_level;
    ByteShuffle shuffle;
  };
  using enum ByteShuffle;
  for (Layout const& layout :
       {Layout{{}, 1, off}, Layout{ChunkShape{7, 16, 24}, 0, off}, Layout{ChunkShape{7, 16, 24}, 6, on},
        Layout{ChunkShape{61, 40, 1}, 0, on}, Layout{ChunkShape{1, 40, 52}, 9, on}}) {
    SCOPED_TRACE(testing::Message() << "gzip " << layout.gzip_level << ", chunk given: " << layout.chunk.has_value());
    config.output = folder / "chunked.h5";
    config.chunk = layout.chunk;
    config.gzip_level = layout.gzip_level;
    config.shuffle = layout.shuffle;
    generate_scan(config);
    EXPECT_EQ(read_images<std::uint16_t>(config.output), contiguous);
    ScanReader const reader(config.output);
    ASSERT_TRUE(reader.info().layout.chunk.has_value());
    EXPECT_EQ(*reader.info().layout.chunk, layout.chunk.value_or(ChunkShape{1, 40, 52}));
    EXPECT_EQ(reader.info().layout.filtered, layout.gzip_level > 0 || layout.shuffle == on);
  }
}

TEST(Generate, ProgressEndsWithTheWholeStack) {
  TemporaryFolder const folder;
  auto const config = small_scan(folder / "scan.h5");
  std::int64_t previous = 0;
  std::int64_t total = 0;
  generate_scan(config, [&](GenerateProgress const& progress) {
    EXPECT_GT(progress.done_bytes, previous);
    previous = progress.done_bytes;
    total = progress.total_bytes;
  });
  EXPECT_EQ(total, 61 * 40 * 52 * 2);
  EXPECT_EQ(previous, total);
}

TEST(Generate, MemoryDoesNotGrowWithTheScan) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "scan.h5");
  generate_scan(config);
  auto const peak_kib = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  auto const before_kib = peak_kib();
  config.rows = 256;
  config.columns = 256;
  config.images = 1023;
  generate_scan(config);
  std::uintmax_t const stack_bytes = std::uintmax_t{1024} * 256 * 256 * 2;
  EXPECT_GE(std::filesystem::file_size(config.output), stack_bytes);
  EXPECT_LT(static_cast<std::uintmax_t>(peak_kib() - before_kib) * 1024, stack_bytes / 4);
}

TEST(Generate, ReplacesOnlyWhatItMade) {
  TemporaryFolder const folder;
  auto config = small_scan(folder / "scan.h5");
  EXPECT_EQ(generate_scan(config).previous, PreviousScan::none);
  auto const first = read_images<std::uint16_t>(config.output);
  config.seed = 100;
  EXPECT_EQ(generate_scan(config).previous, PreviousScan::generated);
  EXPECT_NE(read_images<std::uint16_t>(config.output), first);
  config.output = folder / "notes.txt";
  std::ofstream(config.output) << "not a scan";
  EXPECT_THAT(refusal(config), HasSubstr("was not generated by this program"));
  EXPECT_EQ(text_of(config.output), "not a scan");
}

TEST(Generate, ErrorInTheMiddleLeavesNothingBehind) {
  TemporaryFolder const folder;
  auto const config = small_scan(folder / "scan.h5");
  int calls = 0;
  auto const fail = [&calls](GenerateProgress const& /*progress*/) {
    if (++calls == 5) {
      throw io_error("the disk is gone", EIO, "try again");
    }
  };
  EXPECT_THROW(generate_scan(config, fail), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Generate, RefusesWhatCannotBeMade) {
  TemporaryFolder const folder;
  auto const good = small_scan(folder / "scan.h5");
  auto const refused = [&good](auto const& change) {
    GenerateConfig config = good;
    change(config);
    return refusal(config);
  };
  EXPECT_THAT(refused([](GenerateConfig& c) { c.rows = 0; }), HasSubstr("0 rows cannot be generated"));
  EXPECT_THAT(refused([](GenerateConfig& c) {
                c.depth_range = {5.0, 5.0};
              }),
              HasSubstr("depth range 5:5 um is not possible"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.depth_range.end_um = std::nan(""); }), HasSubstr("is not possible"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.wire_step_um = 0.0; }), HasSubstr("wire step 0 um is not possible"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.wire_step_um = 0.01; }), HasSubstr("is not covered by 60 images"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.images = 4; }), HasSubstr("use at least 10 images"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.amplitude_counts = -1.0; }), HasSubstr("amplitude of -1 counts"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.background_counts = 1e12; }), HasSubstr("background of 1e+12 counts"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.gzip_level = 10; }), HasSubstr("gzip level 10"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.chunk = {1, 41, 52}; }), HasSubstr("the scan has 61,40,52 frames"));
  EXPECT_THAT(
      refused([](GenerateConfig& c) { c.columns = 3000; }),
      HasSubstr("region of 3000 x 40 unbinned pixels does not fit the detector (detector 0 has 2048 x 2048 pixels)"));
  EXPECT_THAT(refused([](GenerateConfig& c) { c.region_start = {2000, 0}; }), HasSubstr("from pixel 2000, 0 on"));
  EXPECT_THAT(refused([&](GenerateConfig& c) { c.output = folder / "missing" / "scan.h5"; }),
              HasSubstr("there is no folder"));
  EXPECT_THAT(refused([&](GenerateConfig& c) { c.output = folder.path(); }), HasSubstr("not a regular file"));
  EXPECT_THAT(refused([&](GenerateConfig& c) { c.geometry = folder / "missing.xml"; }), HasSubstr("missing.xml"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace lauebench
