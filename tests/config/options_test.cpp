#include "config/options.hpp"

#include <algorithm>
#include <locale>
#include <set>

#include <gmock/gmock.h>

#include "command_line_helper.hpp"
#include "config/option_tables.hpp"

namespace lauebench {
namespace {

using test::parse_as;
using test::parse_error;
using test::parse_run;
using test::printed;
using test::run_error;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Options, RunHasTheDefaultsOfTheRunnerThatItReplaces) {
  auto const config = parse_run({});
  EXPECT_EQ(config.h5, "scan.h5");
  EXPECT_EQ(config.staging_dir, "staging");
  EXPECT_EQ(config.geometry, "geo.xml");
  EXPECT_EQ(config.reconstruction.depth_range, (DepthRange{0.0, 40.0}));
  EXPECT_EQ(config.mode, Mode::both);
  EXPECT_THAT(config.cpu_parallel, ElementsAre(1, 2));
  EXPECT_THAT(config.cpu_threads, ElementsAre(1, 2));
  EXPECT_THAT(config.gpu_parallel, ElementsAre(1, 2));
  EXPECT_EQ(config.runs, 1);
  EXPECT_EQ(config.reconstruction.resolution_um, 1.0);
  EXPECT_EQ(config.verbose, 1);
  EXPECT_EQ(config.reconstruction.percent_brightest, 100.0);
  EXPECT_EQ(config.reconstruction.memory_limit_mib, 8192);
  EXPECT_TRUE(config.results.empty());
  EXPECT_TRUE(config.tag.empty());
  EXPECT_EQ(config.dry_run, DryRun::no);
}

TEST(Options, RunTakesEveryOption) {
  auto const config = parse_run({"--mode",
                                 "cpu",
                                 "--cpu-parallel",
                                 "1,2,4",
                                 "--cpu-threads",
                                 "8,1",
                                 "--gpu-parallel",
                                 "3",
                                 "--runs",
                                 "5",
                                 "--resolution",
                                 "0.5",
                                 "--verbose",
                                 "3",
                                 "--percent-brightest",
                                 "30.5",
                                 "--results",
                                 "r.jsonl",
                                 "--memory-limit-mb",
                                 "512",
                                 "--tag",
                                 "a tag",
                                 "--only",
                                 "cpu-p1-t1,cpu-p2-t8",
                                 "--warmup",
                                 "2",
                                 "--order",
                                 "grid",
                                 "--seed",
                                 "18446744073709551615",
                                 "--wire-edge",
                                 "trailing",
                                 "--detector",
                                 "2",
                                 "--output-type",
                                 "float64",
                                 "--area-rule",
                                 "conserving",
                                 "--precision",
                                 "single",
                                 "--kernel-loop",
                                 "tiles",
                                 "--rows-per-stripe",
                                 "16",
                                 "--cosmic-filter",
                                 "--progress",
                                 "--skip-oversized",
                                 "--dry-run"});
  EXPECT_EQ(config.mode, Mode::cpu);
  EXPECT_THAT(config.cpu_parallel, ElementsAre(1, 2, 4));
  EXPECT_THAT(config.cpu_threads, ElementsAre(8, 1));
  EXPECT_THAT(config.gpu_parallel, ElementsAre(3));
  EXPECT_EQ(config.runs, 5);
  EXPECT_EQ(config.verbose, 3);
  EXPECT_EQ(config.results, "r.jsonl");
  EXPECT_EQ(config.tag, "a tag");
  EXPECT_THAT(config.only, ElementsAre("cpu-p1-t1", "cpu-p2-t8"));
  EXPECT_EQ(config.warmup, 2);
  EXPECT_EQ(config.order, Order::grid);
  EXPECT_EQ(config.seed, 18446744073709551615U);
  EXPECT_EQ(config.progress, ProgressLine::on);
  EXPECT_EQ(config.oversized, OversizedPoints::skip);
  EXPECT_EQ(config.dry_run, DryRun::yes);
  ReconstructionParameters const expected{.depth_range = {0.0, 40.0},
                                          .resolution_um = 0.5,
                                          .wire_edge = WireEdge::trailing,
                                          .detector = 2,
                                          .percent_brightest = 30.5,
                                          .output_type = ElementType::float64,
                                          .cosmic_filter = CosmicFilter::on,
                                          .area_rule = AreaRule::conserving,
                                          .precision = Precision::single_precision,
                                          .kernel_loop = KernelLoop::tiles,
                                          .memory_limit_mib = 512,
                                          .rows_per_stripe = 16};
  EXPECT_EQ(config.reconstruction, expected);
}

TEST(Options, RunIsTheDefaultSubcommand) {
  auto arguments = test::required_run_options();
  arguments.insert(arguments.begin(), "run");
  EXPECT_EQ(parse_as<RunConfig>(arguments), parse_run({}));
}

TEST(Options, NegativeDepthsInBothSpellings) {
  std::vector<std::string> const files{"--h5", "s", "--staging-dir", "d", "--geometry", "g"};
  for (std::vector<std::string> const& range :
       {std::vector<std::string>{"--depth-range", "-30:40"}, {"--depth-range=-30:40"}}) {
    auto arguments = files;
    arguments.insert(arguments.end(), range.begin(), range.end());
    EXPECT_EQ(parse_as<RunConfig>(arguments).reconstruction.depth_range, (DepthRange{-30.0, 40.0}));
  }
  auto arguments = files;
  arguments.insert(arguments.end(), {"--depth-range", "-40.5:-30"});
  EXPECT_EQ(parse_as<RunConfig>(arguments).reconstruction.depth_range, (DepthRange{-40.5, -30.0}));
}

TEST(Options, RepeatedListEntriesAreDroppedAndTheOrderKept) {
  EXPECT_THAT(parse_run({"--cpu-parallel", "4,1,4,2,1"}).cpu_parallel, ElementsAre(4, 1, 2));
  EXPECT_THAT(parse_run({"--only", "b,a,b"}).only, ElementsAre("b", "a"));
}

/// Writes numbers as in German: no locale need be installed for it.
class DecimalComma : public std::numpunct<char> {
 protected:
  [[nodiscard]] char do_decimal_point() const override { return ','; }
};

TEST(Options, NumbersDoNotDependOnTheLocale) {
  std::locale const previous = std::locale::global(std::locale{std::locale::classic(), new DecimalComma});
  auto const config = parse_run({"--resolution", "0.25"});
  auto const message = run_error({"--resolution", "0,25"});
  std::locale::global(previous);
  EXPECT_EQ(config.reconstruction.resolution_um, 0.25);
  EXPECT_THAT(message, StartsWith("--resolution '0,25' (not a finite number): "));
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

TEST(Options, GenerateTakesItsOptions) {
  auto const config = parse_as<GenerateConfig>({"generate",
                                                "--output",
                                                "s.h5",
                                                "--geometry",
                                                "g.xml",
                                                "--rows",
                                                "64",
                                                "--columns",
                                                "32",
                                                "--images",
                                                "51",
                                                "--detector",
                                                "1",
                                                "--region",
                                                "512,640",
                                                "--binning",
                                                "2,4",
                                                "--element-type",
                                                "float32",
                                                "--chunk",
                                                "1,16,16",
                                                "--compression",
                                                "gzip:4",
                                                "--shuffle",
                                                "--wire-step",
                                                "0.5",
                                                "--grains",
                                                "3",
                                                "--amplitude",
                                                "100",
                                                "--background",
                                                "0",
                                                "--no-noise",
                                                "--seed",
                                                "7",
                                                "--threads",
                                                "2",
                                                "--depth-range",
                                                "-5:5"});
  GenerateConfig const expected{.output = "s.h5",
                                .geometry = "g.xml",
                                .detector = 1,
                                .rows = 64,
                                .columns = 32,
                                .images = 51,
                                .depth_range = {-5.0, 5.0},
                                .start_x = 512,
                                .start_y = 640,
                                .centre_region = false,
                                .bin_x = 2,
                                .bin_y = 4,
                                .element_type = ElementType::float32,
                                .chunk = {1, 16, 16},
                                .gzip_level = 4,
                                .shuffle = true,
                                .wire_step_um = 0.5,
                                .grains = 3,
                                .amplitude_counts = 100.0,
                                .background_counts = 0.0,
                                .poisson_noise = false,
                                .seed = 7,
                                .threads = 2};
  EXPECT_EQ(config, expected);
}

TEST(Options, GenerateChunksByFramesWhereCompressionNeedsChunks) {
  std::vector<std::string> arguments{"generate", "--output", "s", "--geometry", "g", "--rows", "8", "--columns", "6"};
  EXPECT_TRUE(parse_as<GenerateConfig>(arguments).chunk.empty());
  EXPECT_TRUE(parse_as<GenerateConfig>(arguments).centre_region);
  arguments.insert(arguments.end(), {"--compression", "gzip:1", "--binning", "2"});
  auto const config = parse_as<GenerateConfig>(arguments);
  EXPECT_THAT(config.chunk, ElementsAre(1, 8, 6));
  EXPECT_EQ(config.bin_x, 2);
  EXPECT_EQ(config.bin_y, 2);
}

TEST(Options, InfoTakesJson) {
  EXPECT_FALSE(parse_as<InfoConfig>({"info"}).json);
  EXPECT_TRUE(parse_as<InfoConfig>({"info", "--json"}).json);
  EXPECT_EQ(parse_as<InfoConfig>({"info", "--verbose", "2"}).verbose, 2);
}

TEST(Options, LogLevelOfTheEnvironmentLosesAgainstTheCommandLine) {
  EXPECT_EQ(parse_run({}, "3").verbose, 3);
  EXPECT_EQ(parse_run({"--verbose", "0"}, "3").verbose, 0);
  EXPECT_EQ(parse_run({}, "").verbose, 1);
  EXPECT_THAT(parse_error(test::required_run_options(), "4"), StartsWith("LAUEBENCH_LOG_LEVEL '4' (above 3): "));
  EXPECT_THAT(parse_error({"info", "--verbose", "0"}, "loud"),
              StartsWith("LAUEBENCH_LOG_LEVEL 'loud' (not a whole number): "));
}

TEST(Options, VersionAndHelpOfTheProgram) {
  EXPECT_EQ(printed({"--version"}), "laue-bench 9.8.7\n");
  for (auto const& command : all_commands()) {
    EXPECT_THAT(printed({"--help"}), HasSubstr(std::string{command.name})) << command.name;
  }
  EXPECT_EQ(printed({"-h"}), printed({"--help"}));
  EXPECT_THAT(printed({"--help"}), Not(HasSubstr("--kernel-loop")));
  EXPECT_THAT(printed({"--help-all"}), HasSubstr("--kernel-loop"));
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

TEST(Options, UnknownOnesGetTheNearestName) {
  EXPECT_EQ(run_error({"--runz", "3"}),
            "unknown option '--runz' (laue-bench run has none of this name): did you mean --runs?");
  EXPECT_THAT(run_error({"--cpu_parallel=3"}), HasSubstr("did you mean --cpu-parallel?"));
  EXPECT_THAT(run_error({"--resol", "3"}), HasSubstr("unknown option '--resol'"));
  EXPECT_THAT(run_error({"--resol", "3"}), HasSubstr("did you mean --resolution?"));
  EXPECT_THAT(run_error({"-h5", "s"}),
              HasSubstr("unknown option '-h5' (laue-bench run has none of this name): did you mean --h5?"));
  EXPECT_THAT(run_error({"--colour"}), HasSubstr("see laue-bench run --help-all"));
  EXPECT_EQ(parse_error({"recnostruct"}),
            "unknown subcommand 'recnostruct' (there are run, reconstruct, generate, info): did you mean reconstruct?");
  EXPECT_THAT(parse_error({"frobnicate"}), HasSubstr("see laue-bench --help"));
}

TEST(Options, ThoseOfOtherSubcommandsAreRefusedWithWhatToUse) {
  EXPECT_EQ(run_error({"--threads", "2"}),
            "'--threads' is no option of run (it belongs to laue-bench reconstruct): use --cpu-threads instead");
  EXPECT_THAT(run_error({"--backend=cuda"}), HasSubstr("use --mode instead"));
  EXPECT_THAT(run_error({"--output", "x"}), HasSubstr("use --staging-dir instead"));
  EXPECT_THAT(run_error({"--grains", "2"}), HasSubstr("(it belongs to laue-bench generate): leave it out"));
  EXPECT_THAT(parse_error({"reconstruct", "--cpu-threads", "2"}), HasSubstr("use --threads instead"));
  EXPECT_THAT(parse_error({"reconstruct", "--config", "f"}), HasSubstr("it belongs to laue-bench run"));
}

TEST(Options, MalformedCommandLines) {
  EXPECT_THAT(run_error({"--runs", "1", "--runs", "2"}),
              StartsWith("--runs is given 2 times (it may be given once): "));
  EXPECT_THAT(run_error({"--cpu-parallel=1", "--cpu-parallel=2"}), HasSubstr("separate several values by commas"));
  EXPECT_THAT(run_error({"--dry-run", "--dry-run"}), StartsWith("--dry-run is given 2 times"));
  EXPECT_EQ(run_error({"--runs"}), "--runs has no value (the command line ends after it): write --runs N");
  EXPECT_THAT(run_error({"--runs="}), StartsWith("--runs has no value"));
  EXPECT_EQ(run_error({"--tag", "--runs", "3"}), "--tag has no value ('--runs' follows it): write --tag TEXT");
  EXPECT_THAT(run_error({"--dry-run=no"}), StartsWith("'--dry-run=no' (--dry-run takes no value): "));
  EXPECT_THAT(run_error({"scan2.h5"}), StartsWith("left-over argument 'scan2.h5' (it belongs to no option): "));
  EXPECT_THAT(run_error({"reconstruct"}), HasSubstr("a subcommand stands before all options"));
  EXPECT_THAT(run_error({"--", "x"}), StartsWith("left-over argument 'x'"));
  EXPECT_THAT(run_error({"--h5"}), StartsWith("--h5 has no value"));
  EXPECT_THAT(run_error({"--tag", "two\nlines", "x\ny"}), StartsWith("left-over argument 'x?y'"));
}

struct BadValue {
  std::vector<std::string> options;
  std::string message;  ///< beginning of it
};

class BadValues : public testing::TestWithParam<BadValue> {};

TEST_P(BadValues, AreNamedWithTheReason) { EXPECT_THAT(run_error(GetParam().options), StartsWith(GetParam().message)); }

INSTANTIATE_TEST_SUITE_P(
    Options, BadValues,
    testing::Values(
        BadValue{{"--cpu-parallel", "1,2,x"}, "--cpu-parallel '1,2,x' (entry 'x' is not a whole number): "},
        BadValue{{"--cpu-parallel", "1,,2"}, "--cpu-parallel '1,,2' (entry 2 is empty): "},
        BadValue{{"--cpu-threads", "1,"}, "--cpu-threads '1,' (entry 2 is empty): "},
        BadValue{{"--cpu-threads", "0"}, "--cpu-threads '0' (entry '0' is below 1): "},
        BadValue{{"--gpu-parallel", "-1"}, "--gpu-parallel '-1' (entry '-1' is below 1): "},
        BadValue{{"--gpu-parallel", "2,1.5"}, "--gpu-parallel '2,1.5' (entry '1.5' is not a whole number): "},
        BadValue{{"--gpu-parallel", "99999999999"},
                 "--gpu-parallel '99999999999' (entry '99999999999' is too large): "},
        BadValue{{"--resolution", "0"}, "--resolution 0 (not above 0): "},
        BadValue{{"--resolution", "-0.5"}, "--resolution -0.5 (not above 0): "},
        BadValue{{"--resolution", "inf"}, "--resolution 'inf' (not a finite number): "},
        BadValue{{"--resolution", "nan"}, "--resolution 'nan' (not a finite number): "},
        BadValue{{"--resolution", "1um"}, "--resolution '1um' (not a finite number): "},
        BadValue{{"--resolution", "1e999"}, "--resolution '1e999' (out of range): "},
        BadValue{{"--resolution", "1e-9"}, "depth range 0:40 um at resolution 1e-09 um (4e+10 depth images, "},
        BadValue{{"--percent-brightest", "0"}, "--percent-brightest 0 (not above 0): "},
        BadValue{{"--percent-brightest", "100.1"}, "--percent-brightest 100.1 (above 100): "},
        BadValue{{"--memory-limit-mb", "0"}, "--memory-limit-mb '0' (below 1): "},
        BadValue{{"--memory-limit-mb", "9000000000000"}, "--memory-limit-mb '9000000000000' (above 8796093022207): "},
        BadValue{{"--runs", "0"}, "--runs '0' (below 1): "},
        BadValue{{"--runs", "2.0"}, "--runs '2.0' (not a whole number): "},
        BadValue{{"--warmup", "-1"}, "--warmup '-1' (below 0): "},
        BadValue{{"--verbose", "4"}, "--verbose '4' (above 3): "},
        BadValue{{"--detector", "3"}, "--detector '3' (above 2): "},
        BadValue{{"--rows-per-stripe", "0"}, "--rows-per-stripe '0' (below 1): "},
        BadValue{{"--seed", "-1"}, "--seed '-1' (not a whole number): "},
        BadValue{{"--mode", "cpuu"}, "--mode 'cpuu' (it takes cpu|gpu|both): did you mean cpu?"},
        BadValue{{"--wire-edge", ""}, "--wire-edge '' (it takes leading|trailing|both): "},
        BadValue{{"--output-type", "unit16"},
                 "--output-type 'unit16' (it takes scan|float32|int32|int16|uint16|float64|int8|uint8): did you mean "
                 "uint16?"},
        BadValue{{"--results", ""}, "--results '' (the path is empty): "},
        BadValue{{"--tag", "\xff"}, "--tag '\xff' (not valid UTF-8, which the results file requires): "}));

class BadRanges : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(BadRanges, AreNamedWithTheReason) {
  auto const& [range, reason] = GetParam();
  EXPECT_THAT(parse_error({"--depth-range", range}), StartsWith("--depth-range '" + range + "' (" + reason + "): "));
}

INSTANTIATE_TEST_SUITE_P(Options, BadRanges,
                         testing::Values(std::pair{"40:30", "the range is reversed"},
                                         std::pair{"4:4", "the range is empty"}, std::pair{"4", "no colon in it"},
                                         std::pair{"4:", "'' is not a finite number"},
                                         std::pair{"1:2:3", "'2:3' is not a finite number"},
                                         std::pair{"0:inf", "'inf' is not a finite number"}));

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
  EXPECT_THAT(error({"--shuffle"}), StartsWith("--shuffle without compression ("));
  EXPECT_THAT(error({"--wire-step", "0"}), StartsWith("--wire-step 0 (not above 0): "));
  EXPECT_THAT(error({"--background", "-1"}), StartsWith("--background -1 (not at least 0): "));
  EXPECT_THAT(error({"--region", "-1,0"}), StartsWith("--region '-1,0' (entry '-1' is below 0): "));
}

/// The options that a help text lists, each at the beginning of a line.
std::set<std::string> options_listed(std::string const& help) {
  std::set<std::string> listed;
  for (std::size_t at = help.find("\n  --"); at != std::string::npos; at = help.find("\n  --", at + 1)) {
    std::size_t const begin = at + 5;
    listed.insert(help.substr(begin, help.find_first_of(" \n", begin) - begin));
  }
  return listed;
}

TEST(Help, ListsEverydayOptionsAndAllOptions) {
  for (auto const& command : all_commands()) {
    std::set<std::string> everyday{"help", "help-all"};
    std::set<std::string> all = everyday;
    for (auto const& option : command.options) {
      all.emplace(option.name);
      if (option.audience == Audience::everyday) {
        everyday.emplace(option.name);
      }
    }
    std::string const name{command.name};
    EXPECT_EQ(options_listed(printed({name, "--help"})), everyday) << name;
    EXPECT_EQ(options_listed(printed({name, "--help-all"})), all) << name;
    // "The dozen everyday options", the two of help apart.
    EXPECT_LE(everyday.size(), 15U) << name;
  }
}

TEST(Help, ShowsDefaultsAndKeepsToTheWidth) {
  auto const help = printed({"run", "--help-all"});
  EXPECT_THAT(help, HasSubstr("(ranks), CPU [1,2]"));
  EXPECT_THAT(help, HasSubstr("MiB [8192]"));
  EXPECT_THAT(help, HasSubstr("(required)"));
  constexpr std::size_t width = 100;
  for (std::size_t begin = 0; begin < help.size();) {
    std::size_t const end = std::min(help.find('\n', begin), help.size());
    EXPECT_LE(end - begin, width) << help.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace lauebench
