#include "bench/trace_place.hpp"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/trace_writer.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::write_text;
using testing::HasSubstr;

class TracePlace : public testing::Test {
 protected:
  TracePlace() {
    config_.h5 = {folder_ / "first.h5", folder_ / "scan.h5"};
    config_.geometry = folder_ / "geometry.xml";
    config_.staging_dirs = {fs::canonical(folder_.path()) / "stage"};
    config_.results = folder_ / "results.jsonl";
    // what the look at its beginning would not notice
    write_text(config_.h5.back(), "");
    write_text(config_.geometry, "");
    write_text(config_.results, "");
  }

  /// The message with which `trace` is refused; empty: it is not.
  std::string refusal_of(fs::path const& trace) {
    config_.trace = trace;
    try {
      check_trace_place(config_);
    } catch (Error const& error) {
      EXPECT_EQ(error.code(), ReturnCode::bad_input);
      EXPECT_THAT(error.what(), HasSubstr("with --trace"));
      return error.what();
    }
    return "";
  }

  test::ScratchFolder folder_;
  RunConfig config_;
};

TEST_F(TracePlace, NoneIsAskedForOrItIsNew) {
  EXPECT_EQ(refusal_of(""), "");
  EXPECT_EQ(refusal_of(folder_ / "trace.json"), "");
  EXPECT_EQ(refusal_of(config_.staging_dirs.front() / "trace.json"), "") << "the launch makes the staging folder";
  EXPECT_FALSE(fs::exists(folder_ / "trace.json"));
}

TEST_F(TracePlace, AnEarlierTraceMayBeReplacedNothingElse) {
  write_text(folder_ / "old.json", std::string(trace_opening) + R"(,"pid":1,"args":{}})");
  EXPECT_EQ(refusal_of(folder_ / "old.json"), "");
  fs::create_symlink(folder_ / "old.json", folder_ / "link.json");
  EXPECT_EQ(refusal_of(folder_ / "link.json"), "");
  write_text(folder_ / "other.json", R"([{"name":"other"}])");
  EXPECT_THAT(refusal_of(folder_ / "other.json"), HasSubstr("would be lost"));
}

TEST_F(TracePlace, TheLaunchsOwnFiles) {
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

TEST_F(TracePlace, ItsLockIsNoneOfTheLaunchsFiles) {
  fs::rename(config_.geometry, folder_ / "a.lock");
  config_.geometry = folder_ / "a.lock";
  EXPECT_THAT(refusal_of(folder_ / "a"), HasSubstr("has the name of its lock"));
  EXPECT_THAT(refusal_of(config_.staging_dirs.front() / ".laue-bench"),
              HasSubstr("its lock would be that of staging folder"));
}

TEST_F(TracePlace, WhereNothingCanBeWritten) {
  EXPECT_THAT(refusal_of(folder_ / "absent" / "trace.json"), HasSubstr("does not exist"));
  EXPECT_THAT(refusal_of(folder_.path()), HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace lauebench
