#include "config/options.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "command_line_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::parse_as;
using test::parse_error;
using test::parse_run;
using test::run_error;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Options, RunIsTheDefaultSubcommand) {
  auto arguments = test::required_run_options();
  arguments.insert(arguments.begin(), "run");
  EXPECT_EQ(parse_as<RunConfig>(arguments), parse_run({}));
}

TEST(Options, ReconstructTakesItsOptions) {
  auto const config = parse_as<ReconstructConfig>({"reconstruct", "--h5", "s.h5", "--geometry", "g.xml",
                                                   "--depth-range", "0:10", "--output", "out/d", "--threads", "3",
                                                   "--backend", "openmp", "--device", "1", "--wire-edge", "both"});
  ReconstructConfig expected{.h5 = "s.h5",
                             .geometry = "g.xml",
                             .output = "out/d",
                             .reconstruction = {},
                             .backend = BackendChoice::openmp,
                             .threads = 3,
                             .device = 1};
  expected.reconstruction.depth_range = {0.0, 10.0};
  expected.reconstruction.wire_edge = WireEdge::both;
  EXPECT_EQ(config, expected);
}

TEST(Options, InfoTakesJson) {
  EXPECT_EQ(parse_as<InfoConfig>({"info"}).format, InfoFormat::text);
  EXPECT_EQ(parse_as<InfoConfig>({"info", "--json"}).format, InfoFormat::json);
}

TEST(Options, CleanTakesItsFolderWithAndWithoutAName) {
  CleanConfig const listed{.staging_dir = "stage"};
  EXPECT_EQ(parse_as<CleanConfig>({"clean", "stage"}), listed);
  EXPECT_EQ(parse_as<CleanConfig>({"clean", "--staging-dir", "stage"}), listed);
  CleanConfig const done{.staging_dir = "stage", .removal = Removal::done};
  EXPECT_EQ(parse_as<CleanConfig>({"clean", "stage", "--yes"}), done);
  EXPECT_EQ(parse_as<CleanConfig>({"clean", "--yes", "stage"}), done);
  EXPECT_EQ(parse_error({"clean", "--yes"}),
            "missing --staging-dir (clean has to know the folder): add --staging-dir DIR");
  EXPECT_THAT(parse_error({"clean", "stage", "other"}), StartsWith("left-over argument 'other' ("));
  EXPECT_THAT(parse_error({"clean", "--staging-dir", "stage", "other"}), StartsWith("left-over argument 'other' ("));
  EXPECT_THAT(parse_error({"clean", "stage", "--force"}), StartsWith("unknown option '--force' ("));
  EXPECT_THAT(parse_error({"run", "stage"}), StartsWith("left-over argument 'stage' ("));
}

TEST(Options, ConvertNeedsBothBasesAndTheLayoutToWrite) {
  ConvertConfig const expected{.input = "a",
                               .output = "b",
                               .input_layout = OutputLayout::per_depth,
                               .output_layout = OutputLayout::per_rank,
                               .output_gzip_level = 3,
                               .threads = 2};
  EXPECT_EQ(
      parse_as<ConvertConfig>({"convert", "--input", "a", "--input-layout", "per-depth", "--output", "b",
                               "--output-layout", "per-rank", "--output-compression", "gzip:3", "--threads", "2"}),
      expected);
  EXPECT_THAT(parse_error({"convert", "--input", "a"}), StartsWith("missing --output, --output-layout (convert needs"));
  EXPECT_THAT(parse_error({"convert", "--input", "a", "--output", "b", "--output-layout", "per-depth",
                           "--output-compression", "gzip:3"}),
              StartsWith("--output-compression with --output-layout per-depth"));
}

TEST(Options, InfoHasNothingToSayMoreLoudly) {
  EXPECT_THAT(parse_error({"info", "--verbose", "2"}), StartsWith("'--verbose' is no option of info ("));
  EXPECT_EQ(parse_as<InfoConfig>({"info"}, "3"), InfoConfig{});
}

TEST(Options, LogLevelOfTheEnvironmentLosesAgainstTheCommandLine) {
  EXPECT_EQ(parse_run({}, "3").verbose, 3);
  EXPECT_EQ(parse_run({"--verbose", "0"}, "3").verbose, 0);
  EXPECT_EQ(parse_run({}, "").verbose, 1);
  EXPECT_THAT(parse_error(test::required_run_options(), "4"), StartsWith("LAUEBENCH_LOG_LEVEL '4' (above 3): "));
  EXPECT_THAT(parse_error({"generate", "--verbose", "0"}, "loud"),
              StartsWith("LAUEBENCH_LOG_LEVEL 'loud' (not a whole number): "));
}

TEST(Options, MissingOnesAreAllNamed) {
  EXPECT_EQ(
      parse_error({}),
      "missing --h5, --staging-dir, --geometry, --depth-range (run needs them, on the command line or in the file "
      "given to --config): add --h5 SCAN --staging-dir DIR --geometry XML --depth-range A:B");
  EXPECT_THAT(parse_error({"run", "--h5", "s"}), StartsWith("missing --staging-dir, --geometry, --depth-range ("));
  EXPECT_THAT(parse_error({"reconstruct", "--h5", "s"}), StartsWith("missing --geometry, --output, --depth-range ("));
  EXPECT_THAT(parse_error({"generate"}), StartsWith("missing --output, --geometry ("));
}

TEST(Options, ResultsAreNotAppendedToTheConfigurationFile) {
  TemporaryFolder const folder;
  auto const file = folder / "grid.json";
  std::ofstream(file) << "{}";
  EXPECT_THAT(run_error({"--config", file.string(), "--results", file.string()}),
              AllOf(HasSubstr("grid.json"), HasSubstr("it is the configuration file")));
  auto const staging = folder / "results.jsonl";
  std::ofstream(staging) << "{}";
  std::string const folder_name = folder.path().string();
  EXPECT_THAT(parse_error({"--config", staging.string(), "--h5", "s", "--geometry", "g", "--depth-range", "0:1",
                           "--staging-dir", folder_name}),
              HasSubstr("it is the configuration file"));
}

}  // namespace
}  // namespace lauebench
