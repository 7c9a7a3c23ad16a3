#include "bench/earlier_runs.hpp"

#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "bench/records_json.hpp"
#include "config/config_json.hpp"
#include "sample_launch.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::sample_launch;
using test::sample_report;
using testing::HasSubstr;

/// A results file that launches append to.
class EarlierRunsFile : public testing::Test {
 protected:
  EarlierRunsFile() : launch_(sample_launch(folder_.path())) { launch_.config.resume = Resume::yes; }

  void begin(std::string const& session_id, std::string const& resumes) {
    stamp_.session_id = session_id;
    append(params_record(stamp_, launch_.plan,
                         {to_json(launch_.config), resumes, launch_.needs, launch_.environment, {}, "", launch_.site}));
  }

  void run(int run_index, ReturnCode code = ReturnCode::ok, RunKind kind = RunKind::measured) {
    RankReport report = sample_report(0, 0.0, 2.0 + run_index);
    report.outcome.code = code;
    report.cores.affinity = Affinity::not_widened;
    GridPoint const& point = launch_.plan.points[0];
    RunRecord record = make_run_record(point, {report}, test::asked_memory_bytes);
    add_preparation(record, CachePolicy::warm, {});
    append(run_record(stamp_, {"/stage", "id", point, {0, run_index, kind}, 0}, record));
  }

  void append(Json const& record) { append_text(to_line(record) + '\n'); }
  void append_text(std::string const& text) const { std::ofstream(launch_.config.results, std::ios::app) << text; }

  [[nodiscard]] std::optional<EarlierRuns> read() const { return runs_to_resume(launch_.config); }

  test::TemporaryFolder folder_;
  Launch launch_;
  RecordStamp stamp_;
};

std::vector<int> indices(EarlierRuns const& earlier) {
  std::vector<int> all;
  all.reserve(earlier.done.size());
  for (EarlierRun const& run : earlier.done) {
    all.push_back(run.run_index);
  }
  return all;
}

TEST_F(EarlierRunsFile, NoFileAndAnEmptyOneHoldNone) {
  EXPECT_FALSE(read());
  append_text("");
  EXPECT_FALSE(read());
  begin("a", "");
  EXPECT_TRUE(read());
  launch_.config.resume = Resume::no;
  EXPECT_FALSE(read());
}

TEST_F(EarlierRunsFile, DigestsOfTheirImagesAreKnown) {
  begin("a", "");
  run(0);
  auto const earlier = read();
  ASSERT_EQ(earlier->done.size(), 1U);
  ASSERT_EQ(earlier->done[0].images.size(), 1U);
  DigestedImages const& images = earlier->done[0].images[0];
  RankReport const report = sample_report(0);
  EXPECT_EQ(images.replica, report.replica);
  EXPECT_EQ(images.backend, report.outcome.backend);
  EXPECT_EQ(images.architecture, report.outcome.architecture);
  EXPECT_EQ(images.output_type, report.outcome.output_type);
  EXPECT_EQ(images.precision, Precision::double_precision);
  EXPECT_EQ(images.digest, report.digest);
}

TEST_F(EarlierRunsFile, MeasuredRunsThatSucceededAreDone) {
  begin("a", "");
  run(0, ReturnCode::ok, RunKind::warmup);
  run(0);
  run(1, ReturnCode::io_error);
  run(2);
  auto const earlier = read();
  ASSERT_TRUE(earlier);
  EXPECT_EQ(earlier->session_id, "a");
  EXPECT_EQ(earlier->seed, 7U);
  EXPECT_EQ(earlier->plan_id, launch_.plan.plan_id);
  EXPECT_THAT(indices(*earlier), testing::ElementsAre(0, 2));
  EarlierRun const& last = earlier->done.back();
  EXPECT_EQ(last.point_id, "cpu-p1-t1");
  EXPECT_DOUBLE_EQ(last.total_wall_s, 4.0);
  EXPECT_DOUBLE_EQ(last.pixel_steps, sample_report(0).outcome.pixel_steps());
  EXPECT_EQ(last.cache, CacheState::warm);
  EXPECT_THAT(last.flags, testing::ElementsAre(RunFlag::affinity_not_widened));
}

TEST_F(EarlierRunsFile, RunsBelongToTheirStagingFolder) {
  launch_.config.staging_dirs = {"/other", "/stage"};
  begin("a", "");
  run(0);
  auto earlier = read();
  ASSERT_EQ(earlier->done.size(), 1U);
  EXPECT_EQ(earlier->done[0].target, 1);
  launch_.config.staging_dirs = {"/other"};
  earlier = read();
  EXPECT_TRUE(earlier->done.empty()) << "of a folder that this launch does not have";
}

TEST_F(EarlierRunsFile, LaunchesCountThatTheLastOneResumedAndNoOthers) {
  begin("other", "");
  run(7);
  begin("a", "");
  run(0);
  begin("b", "a");
  run(1);
  begin("c", "b");
  EXPECT_THAT(indices(read().value()), testing::ElementsAre(0, 1));
  begin("fresh", "");
  EXPECT_THAT(indices(read().value()), testing::IsEmpty());
}

TEST_F(EarlierRunsFile, TornAndForeignLinesCountForNothing) {
  begin("a", "");
  run(0);
  append_text("{\"type\":\"run\",\"session_id\":\"a\",\"succ\n17\n");
  run(1);
  append_text(R"({"type":"ru)");
  EXPECT_THAT(indices(read().value()), testing::ElementsAre(0, 1));
  EXPECT_EQ(read()->unreadable_lines, 3);
}

TEST_F(EarlierRunsFile, LinesNestedSoDeepThatTheyWouldTakeTheStackCountForNothing) {
  begin("a", "");
  run(0);
  std::string const deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  append_text(R"({"type":"params","session_id":"b","tag":)" + deep + "}\n");
  append_text(deep + '\n');
  EXPECT_THAT(indices(read().value()), testing::ElementsAre(0));
  EXPECT_EQ(read()->unreadable_lines, 2);
}

TEST_F(EarlierRunsFile, RecordsThatLackWhatTheyMustHaveCountForNothing) {
  begin("a", "");
  append_text("{\"type\":\"run\",\"session_id\":\"a\",\"success\":true}\n");
  run(1);
  EXPECT_THAT(indices(read().value()), testing::ElementsAre(1));
}

/// The line of a successful run whose member has another value.
std::string run_with(char const* member, char const* value) {
  Json record = Json::parse(
      R"({"type":"run","session_id":"a","success":true,"point_id":"cpu-p1-t1","staging_dir":"/stage","run_index":0,
      "ranks_on_nodes":[1],"total_wall_s":2.0,"pixel_steps_per_s":1e6,"cache":{"state":"warm"},"flags":[]})");
  record[member] = Json::parse(value);
  return record.dump() + '\n';
}

TEST_F(EarlierRunsFile, RecordsWithWhatNoRunCanHaveCountForNothing) {
  begin("a", "");
  append_text(run_with("run_index", "1"));
  for (char const* const index : {"-5", "1.7", "1e20", "4294967296", "18446744073709551615", "\"0\"", "true", "null"}) {
    append_text(run_with("run_index", index));
  }
  for (char const* const ranks : {"[1.5]", "[-1]", "1", "[[1]]", "{\"a\": 1}"}) {
    append_text(run_with("ranks_on_nodes", ranks));
  }
  for (char const* const seconds : {"0", "-1.5", "true", "\"2\"", "null"}) {
    append_text(run_with("total_wall_s", seconds));
  }
  for (char const* const folder : {"\"/elsewhere\"", "null", "3", "[]"}) {
    append_text(run_with("staging_dir", folder));
  }
  EXPECT_THAT(indices(read().value()), testing::ElementsAre(1));
}

TEST_F(EarlierRunsFile, RunThatTheFileHasTwiceCountsOnce) {
  begin("a", "");
  run(0);
  run(0);
  EXPECT_THAT(indices(read().value()), testing::ElementsAre(0));
}

TEST_F(EarlierRunsFile, TheSamePointOnOtherNodesIsRefused) {
  begin("a", "");
  run(0);
  launch_.plan.points[0].ranks_on_nodes = {0, 1};
  try {
    require_same_work(read().value(), launch_.config, launch_.plan);
    FAIL() << "it was taken";
  } catch (Error const& error) {
    EXPECT_THAT(error.what(), HasSubstr("(cpu-p1-t1 had 1 ranks on the nodes there, and has 0+1 here)"));
  }
}

TEST_F(EarlierRunsFile, OtherContentOfTheInputsIsRefused) {
  begin("a", "");
  append_text(R"({"type":"staging","session_id":"a","replicas":[{"checksum":"11"},{"checksum":"22"}]})"
              "\n");
  run(0);
  EarlierRuns const earlier = read().value();
  EXPECT_NO_THROW(require_same_content(earlier, launch_.config, "", {"11", "22"}));
  EXPECT_NO_THROW(require_same_content(earlier, launch_.config, "", {"11", "22", "33"})) << "more ranks read";
  EXPECT_THROW(require_same_content(earlier, launch_.config, "", {"11", "33"}), Error);
  EXPECT_THROW(require_same_content(earlier, launch_.config, "another", {"11", "22"}), Error);
}

TEST_F(EarlierRunsFile, LaunchWithoutItsSeedOrPointsIsRefused) {
  for (char const* const members : {R"("seed":"x","points":[])", R"("seed":1,"points":[1,2])", R"("seed":1)"}) {
    append_text(fmt::format(R"({{"type":"params","session_id":"a","schema_version":"1.0.0",{}}})"
                            "\n",
                            members));
    EXPECT_THROW(static_cast<void>(read()), Error) << members;
  }
}

TEST_F(EarlierRunsFile, AnotherMajorVersionIsRefused) {
  append_text(R"({"type":"params","session_id":"a","schema_version":"2.0.0"})"
              "\n");
  try {
    static_cast<void>(read());
    FAIL() << "it was read";
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    EXPECT_THAT(error.what(), HasSubstr("its schema version is 2.0.0, this program's 1."));
  }
}

TEST_F(EarlierRunsFile, AnotherPlanIsRefusedWithTheDifference) {
  begin("a", "");
  auto const refusal = [this] {
    try {
      require_same_work(read().value(), launch_.config, launch_.plan);
    } catch (Error const& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(), "");
  launch_.plan.plan_id = "another";
  launch_.plan.points.pop_back();
  EXPECT_EQ(refusal(), "cannot resume '" + launch_.config.results.string() +
                           "' (its last launch had another plan: its points are cpu-p1-t1, cpu-p2-t1 there and "
                           "cpu-p1-t1 here): give the same options, start without --resume, or give another --results");
  launch_.config.reconstruction.resolution_um = 0.5;
  EXPECT_THAT(refusal(), HasSubstr("another plan: resolution is 1.0 there and 0.5 here)"));
}

}  // namespace
}  // namespace lauebench
