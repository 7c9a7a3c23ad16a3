#include <locale>

#include <gmock/gmock.h>

#include "command_line_helper.hpp"
#include "config/options.hpp"

namespace lauebench {
namespace {

using test::parse_as;
using test::parse_run;
using test::run_error;
using test::words;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Options, RunHasTheDefaultsOfTheRunnerThatItReplaces) {
  auto const config = parse_run({});
  EXPECT_THAT(config.h5, ElementsAre("scan.h5"));
  EXPECT_THAT(config.staging_dirs, ElementsAre("staging"));
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
  EXPECT_EQ(config.reconstruction.memory_limit.mib, 8192);
  EXPECT_FALSE(config.reconstruction.gpu_memory_limit_mib);
  EXPECT_TRUE(config.profile.empty());
  EXPECT_TRUE(config.results.empty());
  EXPECT_TRUE(config.tag.empty());
  EXPECT_EQ(config.dry_run, DryRun::no);
  EXPECT_EQ(config.ceilings, CeilingMeasurement::off);
  EXPECT_EQ(config.verify, Verification::first);
  EXPECT_EQ(config.cache, CachePolicy::warm);
  EXPECT_TRUE(config.before_run.empty());
}

TEST(Options, RunTakesEveryOption) {
  auto more = words(
      "--mode cpu --cpu-parallel 1,2,4 --cpu-threads 8,1 --gpu-parallel 3 --runs 5 --verbose 3 --results r.jsonl "
      "--only cpu-p1-t1,cpu-p2-t8 --warmup 2 --order grid --seed 18446744073709551615 --progress --skip-oversized "
      "--ceilings --dry-run --gpu-memory-limit-mb 4096 --profile kokkos:/opt/libtool.so --cache cold --tag");
  more.insert(more.end(), {"a tag", "--before-run", "sync; echo 'a b'"});
  auto const config = parse_run(more);
  EXPECT_EQ(config.mode, Mode::cpu);
  EXPECT_THAT(config.cpu_parallel, ElementsAre(1, 2, 4));
  EXPECT_THAT(config.cpu_threads, ElementsAre(8, 1));
  EXPECT_THAT(config.gpu_parallel, ElementsAre(3));
  EXPECT_EQ(config.runs, 5);
  EXPECT_EQ(config.verbose, 3);
  EXPECT_EQ(config.results, "r.jsonl");
  EXPECT_EQ(config.tag, "a tag");
  EXPECT_EQ(config.cache, CachePolicy::cold);
  EXPECT_EQ(config.before_run, "sync; echo 'a b'");
  EXPECT_THAT(config.only, ElementsAre("cpu-p1-t1", "cpu-p2-t8"));
  EXPECT_EQ(config.warmup, 2);
  EXPECT_EQ(config.order, Order::grid);
  EXPECT_EQ(config.seed, 18446744073709551615U);
  EXPECT_EQ(config.progress, ProgressLine::on);
  EXPECT_EQ(config.oversized, OversizedPoints::skip);
  EXPECT_EQ(config.reconstruction.gpu_memory_limit_mib, 4096);
  EXPECT_EQ(config.profile, "/opt/libtool.so");
  EXPECT_EQ(config.dry_run, DryRun::yes);
  EXPECT_EQ(config.ceilings, CeilingMeasurement::on);
}

TEST(Options, RunTakesSeveralScansWhoseNamesMayHoldCommas) {
  EXPECT_THAT(parse_run({"--h5", "b,c.h5", "--h5=d.h5"}).h5, ElementsAre("scan.h5", "b,c.h5", "d.h5"));
  EXPECT_EQ(run_error({"--h5", ""}).substr(0, 29), "--h5 '' (the path is empty): ");
  EXPECT_THAT(run_error({"--h5", "--runs", "2"}), StartsWith("--h5 has no value ('--runs' follows it): "));
  EXPECT_THAT(test::parse_error(words("reconstruct --h5 a --h5 b")), StartsWith("--h5 is given 2 times"));
}

TEST(Options, RunTakesEveryParameterOfTheReconstruction) {
  auto const config = parse_run(
      words("--resolution 0.5 --percent-brightest 30.5 --memory-limit-mb 512 --gpu-memory-limit-mb 2048 --wire-edge "
            "trailing --detector 2 "
            "--output-type float64 --area-rule conserving --kernel-loop tiles --rows-per-stripe 16 "
            "--cosmic-filter --io-path raw"));
  ReconstructionParameters const expected{.depth_range = {0.0, 40.0},
                                          .resolution_um = 0.5,
                                          .wire_edge = WireEdge::trailing,
                                          .detector = 2,
                                          .percent_brightest = 30.5,
                                          .output_type = ElementType::float64,
                                          .cosmic_filter = CosmicFilter::on,
                                          .area_rule = AreaRule::conserving,
                                          .kernel_loop = KernelLoop::tiles,
                                          .memory_limit = {512, LimitSource::asked},
                                          .gpu_memory_limit_mib = 2048,
                                          .rows_per_stripe = 16,
                                          .io_path = IoPath::raw};
  EXPECT_EQ(config.reconstruction, expected);
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

TEST(Options, PrecisionOfRunIsAListOfWords) {
  EXPECT_THAT(parse_run({}).precisions, ElementsAre(Precision::double_precision));
  EXPECT_THAT(parse_run({"--precision", "single,double"}).precisions,
              ElementsAre(Precision::single_precision, Precision::double_precision));
  EXPECT_THAT(run_error({"--precision", "double,singel"}), HasSubstr("did you mean single?"));
  EXPECT_THAT(run_error({"--precision", "double,"}), HasSubstr("entry 2 is empty"));
  EXPECT_THAT(run_error({"--precision", "double,single", "--verify", "golden", "--golden-digest", "g"}),
              StartsWith("--verify golden with several words of --precision"));
}

TEST(Options, LayoutsAndCompressionsOfRunAreLists) {
  EXPECT_THAT(parse_run({}).output_layouts, ElementsAre(OutputLayout::per_depth));
  EXPECT_THAT(parse_run({"--output-layout", "per-rank"}).output_gzip_levels, ElementsAre(0));
  RunConfig const both = parse_run({"--output-layout", "per-rank,per-depth", "--output-compression", "gzip:4,none"});
  EXPECT_THAT(both.output_layouts, ElementsAre(OutputLayout::per_rank, OutputLayout::per_depth));
  EXPECT_THAT(both.output_gzip_levels, ElementsAre(4, 0));
  EXPECT_THAT(run_error({"--output-layout", "per-rank", "--output-compression", "gzip:10"}), HasSubstr("its level is"));
}

TEST(Options, HowASharedFileIsWrittenIsFilledInForThatLayoutAlone) {
  SharedFileOptions const shared = parse_run({"--output-layout", "shared"}).shared_file;
  EXPECT_EQ(shared, (SharedFileOptions{Toggle::on, 1, std::nullopt, {}}));
  SharedFileOptions const by_hdf5 = parse_run({"--output-layout", "shared", "--io-path", "hdf5"}).shared_file;
  EXPECT_EQ(by_hdf5.collective_metadata, Toggle::on);
  EXPECT_EQ(parse_run({"--output-layout", "per-rank"}).shared_file, SharedFileOptions{});
}

TEST(Options, MpiHintsAreKeysWithValuesEachGivenOnce) {
  auto const config = parse_run(
      {"--output-layout", "shared", "--mpi-hint", "cb_nodes=2", "--mpi-hint", "a=b=c", "--collective", "off"});
  EXPECT_EQ(config.shared_file.mpi_hints, (std::vector<MpiHint>{{"cb_nodes", "2"}, {"a", "b=c"}}));
  EXPECT_EQ(config.shared_file.collective, Toggle::off);
  for (std::string const wrong : {"cb_nodes", "=2", "cb_nodes="}) {
    EXPECT_THAT(run_error({"--output-layout", "shared", "--mpi-hint", wrong}), HasSubstr("no key with a value"));
  }
  EXPECT_THAT(run_error({"--output-layout", "shared", "--mpi-hint", "a=1", "--mpi-hint", "a=2"}),
              HasSubstr("the key is given twice"));
}

TEST(Options, WaysToShareThatDoNotExistAreRefused) {
  EXPECT_THAT(run_error({"--output-alignment", "4096"}),
              StartsWith("--output-alignment without --output-layout shared"));
  EXPECT_THAT(run_error(words("--output-layout shared --output-compression gzip:1 --collective off")),
              StartsWith("--output-compression with --collective off"));
  EXPECT_THAT(run_error(words("--output-layout shared --output-compression gzip:1 --io-path raw")),
              HasSubstr("HDF5 itself has to compress"));
  EXPECT_THAT(run_error(words("--output-layout shared --collective-metadata on")),
              StartsWith("--collective-metadata where HDF5 does not write the images"));
  EXPECT_THAT(test::parse_error(words("reconstruct --h5 a --geometry g --output o --depth-range 0:1 --output-layout "
                                      "shared")),
              StartsWith("--output-layout shared with reconstruct"));
}

TEST(Options, NoLayoutAndNoCompressionIsWithoutAPoint) {
  std::string const refused = "--output-compression with --output-layout per-depth";
  EXPECT_THAT(run_error({"--output-compression", "gzip:1"}), StartsWith(refused));
  EXPECT_THAT(run_error({"--output-compression", "none,gzip:1"}), StartsWith(refused));
  EXPECT_THAT(run_error({"--output-layout", "per-depth,per-rank", "--output-compression", "gzip:1"}),
              StartsWith(refused));
}

TEST(Options, ReadBackNeedsSomebodyWhoLooks) {
  EXPECT_EQ(parse_run({}).read_back, ReadBack::off);
  EXPECT_EQ(parse_run({"--read-back"}).read_back, ReadBack::on);
  EXPECT_THAT(run_error({"--read-back", "--verify", "none"}), StartsWith("--read-back with --verify none"));
}

TEST(Options, RepeatedListEntriesAreDroppedAndTheOrderKept) {
  EXPECT_THAT(parse_run({"--precision", "single,single"}).precisions, ElementsAre(Precision::single_precision));
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

}  // namespace
}  // namespace lauebench
