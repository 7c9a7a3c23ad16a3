#include "bench/side_file.hpp"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/telemetry_writer.hpp"
#include "bench/trace_writer.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::write_text;
using testing::HasSubstr;

class SideFiles : public testing::Test {
 protected:
  SideFiles() {
    config_.h5 = {folder_ / "first.h5", folder_ / "scan.h5"};
    config_.geometry = folder_ / "geometry.xml";
    config_.staging_dirs = {fs::canonical(folder_.path()) / "stage"};
    config_.results = folder_ / "results.jsonl";
    // what the look at its beginning would not notice
    write_text(config_.h5.back(), "");
    write_text(config_.geometry, "");
    write_text(config_.results, "");
  }

  /// The message with which `path` is refused as a trace, and as a telemetry file for the same reason; empty: it is
  /// not.
  std::string refusal_of(fs::path const& path) {
    std::string of_trace = refusal_of(path, &RunConfig::trace, "with --trace");
    std::string const of_telemetry = refusal_of(path, &RunConfig::telemetry, "with --telemetry");
    EXPECT_EQ(of_trace.empty(), of_telemetry.empty()) << of_trace << of_telemetry;
    return of_trace;
  }

  std::string refusal_of(fs::path const& path, fs::path RunConfig::*place, std::string const& option) {
    RunConfig config = config_;
    config.*place = path;
    try {
      check_side_places(config);
    } catch (Error const& error) {
      EXPECT_EQ(error.code(), ReturnCode::bad_input);
      EXPECT_THAT(error.what(), HasSubstr(option));
      return error.what();
    }
    return "";
  }

  test::ScratchFolder folder_;
  RunConfig config_;
};

TEST_F(SideFiles, NoneIsAskedForOrItIsNew) {
  EXPECT_EQ(refusal_of(""), "");
  EXPECT_EQ(refusal_of(folder_ / "trace.json"), "");
  EXPECT_EQ(refusal_of(config_.staging_dirs.front() / "trace.json"), "") << "the launch makes the staging folder";
  EXPECT_FALSE(fs::exists(folder_ / "trace.json"));
}

TEST_F(SideFiles, AnEarlierOneOfItsKindMayBeReplacedNothingElse) {
  write_text(folder_ / "old.json", std::string(trace_opening) + R"(,"pid":1,"args":{}})");
  EXPECT_EQ(refusal_of(folder_ / "old.json", &RunConfig::trace, ""), "");
  EXPECT_THAT(refusal_of(folder_ / "old.json", &RunConfig::telemetry, ""), HasSubstr("no telemetry file"));
  fs::create_symlink(folder_ / "old.json", folder_ / "link.json");
  EXPECT_EQ(refusal_of(folder_ / "link.json", &RunConfig::trace, ""), "");
  write_text(folder_ / "old.jsonl", std::string(telemetry_opening) + R"("host":"a"})");
  EXPECT_EQ(refusal_of(folder_ / "old.jsonl", &RunConfig::telemetry, ""), "");
  write_text(folder_ / "other.json", R"([{"name":"other"}])");
  EXPECT_THAT(refusal_of(folder_ / "other.json"), HasSubstr("would be lost"));
}

TEST_F(SideFiles, TheLaunchsOwnFiles) {
  EXPECT_THAT(refusal_of(config_.h5.back()), HasSubstr("it is the scan"));
  EXPECT_THAT(refusal_of(config_.geometry), HasSubstr("it is the geometry file"));
  EXPECT_THAT(refusal_of(config_.results), HasSubstr("it is the results file"));
  fs::create_hard_link(config_.results, folder_ / "hard");
  EXPECT_THAT(refusal_of(folder_ / "hard"), HasSubstr("it is the results file"));
  config_.results = config_.staging_dirs.front() / "results.jsonl";
  EXPECT_THAT(refusal_of(config_.results), HasSubstr("it is the results file")) << "before there is one";
  EXPECT_THAT(refusal_of(folder_ / "results.jsonl.lock"), HasSubstr("those of locks"));
  EXPECT_THAT(refusal_of(config_.staging_dirs.front() / "output" / "trace.json"), HasSubstr("belongs to the launch"));
}

TEST_F(SideFiles, ItsLockIsNoneOfTheLaunchsFiles) {
  fs::rename(config_.geometry, folder_ / "a.lock");
  config_.geometry = folder_ / "a.lock";
  EXPECT_THAT(refusal_of(folder_ / "a"), HasSubstr("has the name of its lock"));
  EXPECT_THAT(refusal_of(config_.staging_dirs.front() / ".laue-bench"),
              HasSubstr("its lock would be that of staging folder"));
}

TEST_F(SideFiles, AreNotOneAnother) {
  config_.trace = folder_ / "both";
  EXPECT_THAT(refusal_of(folder_ / "both", &RunConfig::telemetry, "--telemetry"), HasSubstr("it is the trace"));
}

TEST_F(SideFiles, ThatAreChangedMeanwhileAreGivenUp) {
  SideFileWriter file(telemetry_file(folder_ / "t.jsonl"));
  file.append(telemetry_opening);
  fs::remove(folder_ / "t.jsonl");
  EXPECT_THROW(file.append("more"), Error);
}

TEST_F(SideFiles, WhereNothingCanBeWritten) {
  EXPECT_THAT(refusal_of(folder_ / "absent" / "trace.json"), HasSubstr("does not exist"));
  EXPECT_THAT(refusal_of(folder_.path()), HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace lauebench
