#include "config/repetition_values.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "command_line_helper.hpp"
#include "config/config_json.hpp"
#include "config/run_identity.hpp"

namespace lauebench {
namespace {

using test::parse_run;
using test::run_error;
using testing::StartsWith;

TEST(RepetitionValues, DurationsInEverySpelling) {
  std::vector<std::pair<std::string, double>> const spellings{
      {"1800", 1800.0},         {"0.5", 0.5},      {"90s", 90.0},
      {"30m", 1800.0},          {"2h", 7200.0},    {"1.5h", 5400.0},
      {"05:30", 330.0},         {"90:00", 5400.0}, {"02:00:01", 7201.0},
      {"100:00:00", 360000.0},  {"0:00:01", 1.0},  {"1-12:00:00", 129600.0},
      {"10-00:00:30", 864030.0}};
  for (auto const& [text, seconds] : spellings) {
    EXPECT_EQ(parse_run({"--time-limit", text}).time_limit_s, seconds) << text;
  }
}

TEST(RepetitionValues, WhatIsNoDurationIsRefused) {
  for (std::string const text :
       {"soon",       "",       "s",       "2d",  "2 h",   "1:60",           "1:2:60", "1:60:00",
        "1-24:00:00", "1-12",   "1-12:30", ":30", "1:",    "1:2:3:4",        "-1:00",  "1:-5",
        "+1:00",      "1.5:00", "inf",     "nan", "1e400", "99999999999:00", "0x10"}) {
    EXPECT_THAT(run_error({"--time-limit", text}), StartsWith("--time-limit '" + text + "' (not a duration): give "))
        << text;
  }
  EXPECT_THAT(run_error({"--time-limit", "0"}), StartsWith("--time-limit '0' (not above 0): "));
  EXPECT_THAT(run_error({"--time-limit", "0:00:00"}), StartsWith("--time-limit '0:00:00' (not above 0): "));
  EXPECT_THAT(run_error({"--time-limit", "-5"}), StartsWith("--time-limit '-5' (not above 0): "));
  EXPECT_THAT(run_error({"--time-limit", "1e12"}), StartsWith("--time-limit '1e12' (longer than 100 years): "));
}

TEST(RepetitionValues, PercentWithAndWithoutItsSign) {
  EXPECT_EQ(parse_run({"--target-ci", "2"}).target_ci_percent, 2.0);
  EXPECT_EQ(parse_run({"--target-ci", "0.5%"}).target_ci_percent, 0.5);
  EXPECT_THAT(run_error({"--target-ci", "0%"}), StartsWith("--target-ci '0%' (not above 0): "));
  EXPECT_THAT(run_error({"--target-ci", "100"}), StartsWith("--target-ci '100' (not below 100): "));
  for (std::string const text : {"two", "%", "2%%", "2 %", "", "nan"}) {
    EXPECT_THAT(run_error({"--target-ci", text}), StartsWith("--target-ci '" + text + "' (not a number of percent): "));
  }
}

TEST(RepetitionValues, BothStandInJsonAsNumbersOrTexts) {
  ValueSource const source{"limit", "grid.json"};
  EXPECT_EQ(DurationText{}.from_json(Json("30m"), source), 1800.0);
  EXPECT_EQ(DurationText{}.from_json(Json(90), source), 90.0);
  EXPECT_EQ(PercentText{}.from_json(Json("2%"), source), 2.0);
  EXPECT_EQ(PercentText{}.from_json(Json(2.5), source), 2.5);
  EXPECT_THROW(static_cast<void>(DurationText{}.from_json(Json(-1), source)), Error);
  EXPECT_THROW(static_cast<void>(PercentText{}.from_json(Json::array({2}), source)), Error);
}

TEST(RepetitionValues, OneRuleSaysHowOftenAPointRuns) {
  EXPECT_EQ(most_runs(parse_run({})), 1);
  EXPECT_EQ(most_runs(parse_run({"--runs", "7"})), 7);
  EXPECT_EQ(most_runs(parse_run({"--target-ci", "2"})), default_max_runs);
  EXPECT_EQ(most_runs(parse_run({"--target-ci", "2", "--max-runs", "6"})), 6);
  EXPECT_THAT(run_error({"--target-ci", "2", "--runs", "1"}), StartsWith("--runs with --target-ci ("));
  EXPECT_EQ(most_runs(parse_run({"--sustain", "1h"})), 1) << "made again and again";
  EXPECT_THAT(run_error({"--sustain", "60", "--runs", "1"}), StartsWith("--runs with --sustain ("));
  EXPECT_THAT(run_error({"--sustain", "60", "--staging-dir", "a", "--staging-dir", "b"}),
              StartsWith("--sustain with several --staging-dir ("));
  EXPECT_THAT(run_error({"--sustain", "60", "--target-ci", "2"}), StartsWith("--target-ci with --sustain ("));
  EXPECT_THAT(run_error({"--max-runs", "50"}), StartsWith("--max-runs without --target-ci ("));
  EXPECT_THAT(run_error({"--target-ci", "2", "--max-runs", "5"}), StartsWith("--max-runs '5' (below 6): "));
}

TEST(RepetitionValues, WhatIsInEffectIsRecorded) {
  Json const fixed = to_json(parse_run({}));
  EXPECT_EQ(fixed.at("runs"), 1);
  EXPECT_TRUE(fixed.at("target_ci").is_null());
  EXPECT_TRUE(fixed.at("max_runs").is_null());
  EXPECT_TRUE(fixed.at("time_limit").is_null());
  Json const adaptive = to_json(parse_run({"--target-ci", "2%", "--time-limit", "30m"}));
  EXPECT_TRUE(adaptive.at("runs").is_null());
  EXPECT_EQ(adaptive.at("target_ci"), 2.0);
  EXPECT_EQ(adaptive.at("max_runs"), 100);
  EXPECT_EQ(adaptive.at("time_limit"), 1800.0);
  EXPECT_TRUE(fixed.at("reconstruction_timeout").is_null());
  EXPECT_EQ(fixed.at("fail_fast"), false);
  Json const ending = to_json(parse_run({"--reconstruction-timeout", "2m", "--fail-fast"}));
  EXPECT_EQ(ending.at("reconstruction_timeout"), 120.0);
  EXPECT_EQ(ending.at("fail_fast"), true);
  Json const sustained = to_json(parse_run({"--sustain", "2m"}));
  EXPECT_TRUE(sustained.at("runs").is_null());
  EXPECT_TRUE(sustained.at("max_runs").is_null());
  EXPECT_EQ(sustained.at("sustain"), 120.0);
}

TEST(RepetitionValues, HowOftenIsNoPartOfWhatARunIs) {
  EXPECT_EQ(run_identity(parse_run({"--target-ci", "2", "--max-runs", "50", "--time-limit", "1h"})),
            run_identity(parse_run({"--runs", "3"})));
  EXPECT_EQ(run_identity(parse_run({"--sustain", "60"})), run_identity(parse_run({})));
  EXPECT_EQ(run_identity(parse_run({"--reconstruction-timeout", "60", "--fail-fast"})), run_identity(parse_run({})));
}

}  // namespace
}  // namespace lauebench
