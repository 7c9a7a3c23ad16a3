#include <gmock/gmock.h>

#include "command_line_helper.hpp"
#include "config/chunk_shape.hpp"
#include "config/options.hpp"

namespace lauebench {
namespace {

using test::parse_as;
using test::parse_error;
using test::words;
using testing::StartsWith;

TEST(Options, GenerateTakesItsOptions) {
  auto const config = parse_as<GenerateConfig>(
      words("generate --output s.h5 --count 5 --geometry g.xml --rows 64 --columns 32 --images 51 --detector 1 "
            "--region 512,640 "
            "--binning 2,4 --element-type float32 --chunk 1,16,16 --compression gzip:4 --shuffle --wire-step 0.5 "
            "--grains 3 --amplitude 100 --background 0 --no-noise --seed 7 --threads 2 --depth-range -5:5"));
  GenerateConfig const expected{.output = "s.h5",
                                .count = 5,
                                .geometry = "g.xml",
                                .detector = 1,
                                .rows = 64,
                                .columns = 32,
                                .images = 51,
                                .depth_range = {-5.0, 5.0},
                                .region_start = DetectorPixel{512, 640},
                                .bin_x = 2,
                                .bin_y = 4,
                                .element_type = ElementType::float32,
                                .chunk = ChunkShape{1, 16, 16},
                                .gzip_level = 4,
                                .shuffle = ByteShuffle::on,
                                .wire_step_um = 0.5,
                                .grains = 3,
                                .amplitude_counts = 100.0,
                                .background_counts = 0.0,
                                .noise = CountNoise::none,
                                .seed = 7,
                                .threads = 2};
  EXPECT_EQ(config, expected);
}

TEST(Options, GenerateChunksByFramesWhereCompressionNeedsChunks) {
  std::vector<std::string> arguments{"generate", "--output", "s", "--geometry", "g", "--rows", "8", "--columns", "6"};
  EXPECT_EQ(chunk_shape(parse_as<GenerateConfig>(arguments)), std::nullopt);
  EXPECT_EQ(parse_as<GenerateConfig>(arguments).region_start, std::nullopt);
  arguments.insert(arguments.end(), {"--compression", "gzip:1", "--binning", "2"});
  auto const config = parse_as<GenerateConfig>(arguments);
  EXPECT_EQ(chunk_shape(config), (ChunkShape{1, 8, 6}));
  EXPECT_EQ(config.bin_x, 2);
  EXPECT_EQ(config.bin_y, 2);
}

TEST(Options, BadValuesOfGenerate) {
  auto const error = [](std::vector<std::string> more) {
    more.insert(more.begin(), {"generate", "--output", "s", "--geometry", "g"});
    return parse_error(more);
  };
  EXPECT_THAT(error({"--images", "3"}), StartsWith("--images '3' (below 4): "));
  EXPECT_THAT(error({"--chunk", "1,2"}), StartsWith("--chunk '1,2' (2 values): "));
  EXPECT_THAT(error({"--chunk", "1,2,3000"}), StartsWith("--chunk '1,2,3000' (the scan has 202,256,256 "));
  EXPECT_THAT(error({"--compression", "gzip:10"}), StartsWith("--compression 'gzip:10' (its level is above 9): "));
  EXPECT_THAT(error({"--compression", "zip"}), StartsWith("--compression 'zip' (not a known compression): "));
  EXPECT_THAT(error({"--count", "0"}), StartsWith("--count '0' (below 1): "));
  EXPECT_THAT(error({"--count", "3", "--seed", "18446744073709551614"}),
              StartsWith("--count 3 with --seed 18446744073709551614 (the last scan's seed would be too large): "));
  EXPECT_THAT(error({"--shuffle"}), StartsWith("--shuffle without compression ("));
  EXPECT_THAT(error({"--wire-step", "0"}), StartsWith("--wire-step 0 (not above 0): "));
  EXPECT_THAT(error({"--background", "-1"}), StartsWith("--background -1 (not at least 0): "));
  EXPECT_THAT(error({"--region", "-1,0"}), StartsWith("--region '-1,0' (entry '-1' is below 0): "));
}

}  // namespace
}  // namespace lauebench
