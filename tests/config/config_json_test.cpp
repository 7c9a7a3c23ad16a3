#include "config/config_json.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "command_line_helper.hpp"
#include "config/option_tables.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::parse_as;
using test::parse_error;
using test::parse_run;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ConfigFile : public testing::Test {
 protected:
  std::string write(std::string const& text) {
    std::ofstream{file_} << text;
    return file_.string();
  }

  /// A run with the required options on the command line and this file.
  RunConfig merged(std::string const& text, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--config", write(text)});
    return parse_run(more);
  }

  std::string error(std::string const& text) {
    return test::message_of([&] { return merged(text); });
  }

  /// "in FILE", as messages say it.
  [[nodiscard]] std::string in_file() const { return "in " + file_.string(); }

 private:
  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "grid.json";
};

TEST_F(ConfigFile, MergesBelowTheCommandLine) {
  auto const config = merged(R"({"//": "a comment", "cpu_parallel": [1, 2, 2, 4], "runs": 7, "tag": "from file",
                                 "//": "and another", "resolution": 2, "cosmic_filter": true, "order": "grid"})",
                             {"--runs", "3"});
  EXPECT_THAT(config.cpu_parallel, ElementsAre(1, 2, 4));
  EXPECT_EQ(config.runs, 3);
  EXPECT_EQ(config.tag, "from file");
  EXPECT_EQ(config.reconstruction.resolution_um, 2.0);
  EXPECT_EQ(config.reconstruction.cosmic_filter, CosmicFilter::on);
  EXPECT_EQ(config.order, Order::grid);
  EXPECT_THAT(config.h5, ElementsAre("scan.h5"));
}

TEST_F(ConfigFile, CanHoldAllRequiredOptions) {
  for (std::string const range : {"[-5, 60.5]", "\"-5:60.5\""}) {
    auto const file = write(R"({"h5": "a.h5", "staging_dir": "b", "geometry": "c.xml", "depth_range": )" + range + "}");
    auto const config = parse_as<RunConfig>({"--config", file});
    EXPECT_THAT(config.h5, ElementsAre("a.h5"));
    EXPECT_THAT(config.staging_dirs, ElementsAre("b"));
    EXPECT_EQ(config.geometry, "c.xml");
    EXPECT_EQ(config.reconstruction.depth_range, (DepthRange{-5.0, 60.5}));
  }
}

TEST_F(ConfigFile, HoldsOneScanOrSeveralAndGivesThemBack) {
  auto const file =
      write(R"({"h5": ["a.h5", "b.h5"], "staging_dir": "b", "geometry": "c.xml", "depth_range": [0, 1]})");
  auto const config = parse_as<RunConfig>({"--config", file});
  EXPECT_THAT(config.h5, ElementsAre("a.h5", "b.h5"));
  EXPECT_EQ(to_json(config).at("h5").dump(), R"(["a.h5","b.h5"])");
  EXPECT_THAT(parse_as<RunConfig>({"--config", file, "--h5", "c.h5"}).h5, ElementsAre("c.h5"));
  EXPECT_EQ(to_json(parse_run({})).at("h5"), "scan.h5");
}

TEST_F(ConfigFile, EnvironmentStandsBetweenFileAndCommandLine) {
  auto const file = write(R"({"verbose": 0})");
  EXPECT_EQ(parse_run({"--config", file}).verbose, 0);
  EXPECT_EQ(parse_run({"--config", file}, "2").verbose, 2);
  EXPECT_EQ(parse_run({"--config", file, "--verbose", "3"}, "2").verbose, 3);
}

TEST_F(ConfigFile, UnknownKeysGetTheNearestName) {
  EXPECT_EQ(
      error(R"({"cpu_paralel": [1]})"),
      "unknown key 'cpu_paralel' " + in_file() + " (laue-bench run has none of this name): did you mean cpu_parallel?");
  EXPECT_THAT(error(R"({"cpu-parallel": [1]})"), HasSubstr("did you mean cpu_parallel?"));
  EXPECT_THAT(error(R"({"threads": 2})"), HasSubstr("it belongs to laue-bench reconstruct): use cpu_threads instead"));
  EXPECT_THAT(error(R"({"config": "other.json"})"), StartsWith("unknown key 'config'"));
  EXPECT_THAT(error(R"({"/": 1})"), StartsWith("unknown key '/'"));
}

TEST_F(ConfigFile, WrongTypesNameKeyExpectedAndFound) {
  EXPECT_EQ(error(R"({"runs": "2"})"), "runs " + in_file() +
                                           " has the wrong type (expected a whole number, found the string \"2\"): "
                                           "correct the value");
  EXPECT_THAT(error(R"({"runs": 1.5})"), HasSubstr("expected a whole number, found the number 1.5"));
  EXPECT_THAT(error(R"({"warmup": null})"), HasSubstr("found null"));
  EXPECT_THAT(error(R"({"cpu_parallel": 2})"),
              HasSubstr("expected an array of whole numbers, such as [1, 2], found the number 2"));
  EXPECT_THAT(error(R"({"cpu_parallel": "1,2"})"), HasSubstr("found the string \"1,2\""));
  EXPECT_THAT(error(R"({"cpu_parallel": [1, "x"]})"), HasSubstr("(entry 'x' is not a whole number)"));
  EXPECT_THAT(error(R"({"dry_run": 1})"), HasSubstr("expected true or false, found the number 1"));
  EXPECT_THAT(error(R"({"depth_range": [0]})"), HasSubstr("found an array of 1 value"));
  EXPECT_THAT(error(R"({"mode": {"a": 1}})"), HasSubstr("expected cpu|gpu|both, found an object"));
  EXPECT_THAT(error(R"({"geometry": ["a"]})"), HasSubstr("expected a path as a string, found an array of 1 value"));
  EXPECT_THAT(error(R"({"h5": ["a.h5", 2]})"),
              HasSubstr("a path as a string, or an array of them, found the number 2"));
  EXPECT_THAT(error(R"({"only": "cpu-p1-t1"})"), HasSubstr("expected an array of strings"));
  EXPECT_THAT(error(R"({"resolution": true})"), HasSubstr("expected a number, found true"));
}

TEST_F(ConfigFile, ValuesOutOfRangeNameKeyAndFile) {
  EXPECT_THAT(error(R"({"runs": 0})"), StartsWith("runs = 0 " + in_file() + " (below 1): "));
  EXPECT_THAT(error(R"({"runs": 99999999999})"), HasSubstr("(too large)"));
  EXPECT_THAT(error(R"({"runs": -99999999999})"), HasSubstr("(below 1)"));
  EXPECT_THAT(error(R"({"cpu_threads": [2, 0]})"), HasSubstr("(entry 0 is below 1)"));
  EXPECT_THAT(error(R"({"cpu_threads": []})"), HasSubstr("cpu_threads = [] " + in_file() + " (0 values)"));
  EXPECT_THAT(error(R"({"depth_range": [10, 0]})"), HasSubstr("the range is reversed"));
  EXPECT_THAT(error(R"({"h5": []})"), StartsWith("h5 = [] " + in_file() + " (the list is empty): "));
  EXPECT_THAT(error(R"({"resolution": -1})"), HasSubstr("resolution = -1 " + in_file() + " (not above 0)"));
  EXPECT_THAT(error(R"({"mode": "gpuu"})"), HasSubstr("did you mean gpu?"));
  EXPECT_THAT(error(R"({"h5": "a\u0000b"})"), HasSubstr("it holds a NUL character"));
  EXPECT_THAT(error(R"({"seed": -1})"), HasSubstr("(below 0)"));
}

TEST_F(ConfigFile, PrecisionIsAnArrayOrTheTextOfTheOption) {
  std::vector const both{Precision::single_precision, Precision::double_precision};
  EXPECT_EQ(parse_run({"--config", write(R"({"precision": ["single", "double"]})")}).precisions, both);
  EXPECT_EQ(parse_run({"--config", write(R"({"precision": "single,double"})")}).precisions, both);
  EXPECT_THAT(error(R"({"precision": []})"), HasSubstr("precision = [] " + in_file() + " (0 values)"));
  EXPECT_THAT(error(R"({"precision": ["dubble"]})"), HasSubstr("did you mean double?"));
  EXPECT_THAT(error(R"({"precision": [1]})"), HasSubstr("expected an array of the words double|single"));
}

TEST_F(ConfigFile, WhatIsNoObjectIsRefused) {
  EXPECT_THAT(error(R"({"runs": 1, "runs": 2})"), StartsWith("key 'runs' stands twice " + in_file() + " ("));
  EXPECT_THAT(error("{\"runs\": 1,\n}"), HasSubstr("is not valid JSON (parse error at line 2"));
  EXPECT_THAT(error(""), HasSubstr("is not valid JSON"));
  EXPECT_THAT(error("[1]"), HasSubstr("holds no JSON object (found an array of 1 value)"));
  EXPECT_THAT(error("{\"tag\": \"\xff\"}"), HasSubstr("is not valid JSON"));
  EXPECT_THAT(error(R"({"resolution": 1e999})"), HasSubstr("is not valid JSON"));
}

TEST_F(ConfigFile, MustBeReadable) {
  test::TemporaryFolder const folder;
  EXPECT_THAT(parse_error({"--config", folder / "absent.json"}),
              StartsWith("cannot read configuration file '" + (folder / "absent.json").string() +
                         "' (No such file or directory): "));
  EXPECT_THAT(parse_error({"--config", folder.path()}), HasSubstr("(Is a directory): "));
}

TEST(UnreadableConfigFile, PipesDevicesAndHugeFilesAreRefusedAtOnce) {
  test::TemporaryFolder const folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (auto const& file : {folder / "pipe", std::filesystem::path("/dev/zero")}) {
    EXPECT_THAT(parse_error({"--config", file.string()}), HasSubstr("(it is not a regular file): "));
  }
  std::ofstream(folder / "huge").flush();
  std::filesystem::resize_file(folder / "huge", (std::uintmax_t{16} << 20U) + 1);
  EXPECT_THAT(parse_error({"--config", folder / "huge"}), HasSubstr("(more than 16777216 bytes are too many"));
  EXPECT_THAT(parse_error({"--config", ""}), StartsWith("--config '' (the path is empty): "));
}

TEST_F(ConfigFile, ReadsBackWhatToJsonWrites) {
  auto const defaults = parse_run({});
  EXPECT_EQ(parse_as<RunConfig>({"--config", write(to_json(defaults).dump())}), defaults);
  auto const config = parse_run({"--mode",
                                 "gpu",
                                 "--cpu-parallel",
                                 "3,1",
                                 "--cpu-threads",
                                 "5",
                                 "--gpu-parallel",
                                 "4",
                                 "--runs",
                                 "3",
                                 "--warmup",
                                 "1",
                                 "--order",
                                 "random",
                                 "--seed",
                                 "18446744073709551615",
                                 "--results",
                                 "x/r.jsonl",
                                 "--tag",
                                 "a \"tag\" \xc3\xa4",
                                 "--only",
                                 "gpu-p4",
                                 "--verbose",
                                 "2",
                                 "--resolution",
                                 "0.1",
                                 "--wire-edge",
                                 "both",
                                 "--detector",
                                 "1",
                                 "--percent-brightest",
                                 "33.3",
                                 "--output-type",
                                 "int8",
                                 "--area-rule",
                                 "conserving",
                                 "--precision",
                                 "single,double",
                                 "--kernel-loop",
                                 "pixels",
                                 "--memory-limit-mb",
                                 "1",
                                 "--io-path",
                                 "hdf5",
                                 "--rows-per-stripe",
                                 "7",
                                 "--cosmic-filter",
                                 "--dry-run",
                                 "--progress",
                                 "--skip-oversized"});
  EXPECT_EQ(parse_as<RunConfig>({"--config", write(to_json(config).dump(2))}), config);
}

TEST(ConfigJson, HasAllOptionsUnderTheirNamesWithUnderscores) {
  auto const json = to_json(parse_run({}));
  EXPECT_EQ(json.size(), run_options().size());
  for (auto const& option : run_options()) {
    std::string name{option.text.name};
    std::ranges::replace(name, '-', '_');
    EXPECT_TRUE(json.contains(name)) << name;
  }
}

TEST(ConfigJson, HasListsAsArraysAndEnumsAsWords) {
  auto const json = to_json(parse_run({"--output-type", "uint8", "--dry-run"}));
  EXPECT_EQ(json["h5"], "scan.h5");
  EXPECT_EQ(json["cpu_parallel"], (nlohmann::ordered_json{1, 2}));
  EXPECT_EQ(json["depth_range"], (nlohmann::ordered_json{0.0, 40.0}));
  EXPECT_EQ(json["mode"], "both");
  EXPECT_EQ(json["output_type"], "uint8");
  EXPECT_EQ(json["precision"], (nlohmann::ordered_json{"double"}));
  EXPECT_TRUE(json["memory_limit_mb"].is_null()) << "the standard one, which records name";
  EXPECT_EQ(json["dry_run"], true);
  EXPECT_TRUE(json["order"].is_null());
  EXPECT_TRUE(json["rows_per_stripe"].is_null());
  EXPECT_TRUE(json["results"].is_null());
}

}  // namespace
}  // namespace lauebench
