#include "bench/ledger.hpp"

#include <fstream>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/monotonic_clock.hpp"
#include "sample_ceilings.hpp"
#include "sample_launch.hpp"
#include "scratch_folder.hpp"
#include "support/small_disk.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::sample_launch;
using test::sample_report;
using test::ScratchFolder;
using testing::ElementsAre;

class LedgerTest : public testing::Test {
 protected:
  /// Adds the plan's run number `order_index`; every rank takes `seconds`.
  void add(Ledger& ledger, int order_index, double seconds, ReturnCode code = ReturnCode::ok) {
    ASSERT_EQ(schedule_.next(0.0), order_index);
    PlannedRun const& planned = launch_.plan.runs[static_cast<std::size_t>(order_index)];
    GridPoint const& point = launch_.plan.points[static_cast<std::size_t>(planned.point)];
    std::vector<RankReport> reports;
    for (int rank = 0; rank < point.parallel; ++rank) {
      reports.push_back(sample_report(rank, 0.0, seconds));
      reports.back().outcome.code = code;
    }
    RunRecord const record = make_run_record(point, reports, asked_memory_bytes);
    schedule_.finish(record.success ? std::optional(seconds) : std::nullopt);
    ledger.add({"/stage", "id", point, planned, order_index}, record, schedule_.take_stopped());
  }

  std::vector<Json> records() const {
    std::istringstream lines(test::text_of(launch_.config.results));
    std::vector<Json> found;
    for (std::string line; std::getline(lines, line);) {
      found.push_back(Json::parse(line));
    }
    return found;
  }

  std::vector<std::string> types() const {
    std::vector<std::string> found;
    for (Json const& record : records()) {
      found.push_back(record.at("type"));
    }
    return found;
  }

  ScratchFolder folder_;
  Launch launch_ = sample_launch(folder_.path());
  RunSchedule schedule_{launch_.plan, {}};
};

TEST_F(LedgerTest, RecordsComeInOrderAndASummaryWithAPointsLastRun) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  EXPECT_THAT(types(), ElementsAre("params", "staging", "skip")) << "on disk before the first run";
  for (int run = 0; run < 4; ++run) {
    add(ledger, run, 1.0 + run);
  }
  ledger.end();
  EXPECT_THAT(types(),
              ElementsAre("params", "staging", "skip", "run", "run", "run", "summary", "run", "summary", "end"));
  EXPECT_EQ(records()[6].at("point_id"), "cpu-p2-t1");
  EXPECT_EQ(records()[6].at("p50"), 2.0);
  EXPECT_EQ(records()[6].at("stopped"), "runs");
  EXPECT_EQ(records().back().at("status"), "complete");
  EXPECT_TRUE(records().back().at("stopped").is_null());
  EXPECT_EQ(ledger.status(), LaunchStatus::complete);
}

TEST_F(LedgerTest, FailedRunMakesTheLaunchFail) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  add(ledger, 0, 1.0);
  add(ledger, 1, 1.0, ReturnCode::io_error);
  ledger.end();
  EXPECT_EQ(ledger.status(), LaunchStatus::failed);
  Json const end = records().back();
  EXPECT_EQ(end.at("status"), "failed");
  EXPECT_EQ(end.at("runs_succeeded"), 1);
  EXPECT_EQ(end.at("runs_failed"), 1);
  EXPECT_EQ(end.at("runs_planned"), 4);
}

TEST_F(LedgerTest, LackOfTimeAfterEveryPointHasRunIsAnOrdinaryEnd) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  add(ledger, 0, 1.0);
  add(ledger, 1, 1.0);
  ledger.finish_points(std::vector<StoppedPoint>{{0, StopReason::time_limit}, {1, StopReason::time_limit}});
  ledger.end();
  EXPECT_THAT(types(), ElementsAre("params", "staging", "skip", "run", "run", "summary", "summary", "end"));
  EXPECT_EQ(records()[5].at("stopped"), "time_limit");
  EXPECT_EQ(records()[5].at("n"), 1);
  EXPECT_EQ(records().back().at("status"), "complete");
  EXPECT_EQ(records().back().at("stopped"), "time_limit");
}

TEST_F(LedgerTest, LackOfTimeBeforeAPointHasRunInterruptsTheLaunch) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  add(ledger, 0, 1.0);
  ledger.finish_points(std::vector<StoppedPoint>{{0, StopReason::allocation_end}, {1, StopReason::allocation_end}});
  ledger.end();
  EXPECT_EQ(ledger.status(), LaunchStatus::interrupted);
  EXPECT_EQ(records()[4].at("point_id"), "cpu-p1-t1");
  EXPECT_EQ(records()[4].at("n"), 0) << "it does not vanish";
  EXPECT_EQ(records().back().at("status"), "interrupted");
  EXPECT_EQ(records().back().at("stopped"), "allocation_end");
  EXPECT_TRUE(records().back().at("signal").is_null());
}

TEST_F(LedgerTest, NobodyPlannedHowManyRunsReachATarget) {
  launch_.plan.target_half_width = 0.02;
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  ledger.end();
  EXPECT_TRUE(records().back().at("runs_planned").is_null());
}

TEST_F(LedgerTest, CeilingsHaveARecordAndAPlaceInTheirPointsSummary) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  ledger.add_ceilings(1, test::sample_ceilings());
  for (int run = 0; run < 4; ++run) {
    add(ledger, run, 12.0);
  }
  EXPECT_THAT(types(),
              ElementsAre("params", "staging", "skip", "ceiling", "run", "run", "run", "summary", "run", "summary"));
  EXPECT_EQ(records()[3].at("point_id"), "cpu-p2-t1");
  EXPECT_EQ(records()[7].at("point_id"), "cpu-p2-t1");
  EXPECT_EQ(records()[7].at("ceilings").at("whole_fraction"), 0.5);
  EXPECT_TRUE(records()[9].at("ceilings").is_null());
}

TEST_F(LedgerTest, EndTellsWhatOfTheLaunchCameAfterStaging) {
  constexpr double before_s = 1000.0;
  Ledger ledger(launch_, {StagedTarget{}}, monotonic_s() - before_s);
  ledger.add_clearing(0.25);
  ledger.add_clearing(0.5);
  ledger.end();
  Json const end = records().back();
  double const after_s = end.at("after_staging_s");
  EXPECT_GE(after_s, 0.0);
  EXPECT_LT(after_s, before_s);
  EXPECT_EQ(end.at("clearing_s"), 0.75);
  EXPECT_GE(end.at("elapsed_s").get<double>() - after_s, before_s);
}

TEST_F(LedgerTest, SignalThatEndedTheLaunchIsRecorded) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  add(ledger, 0, 1.0);
  ledger.end_interrupted("SIGTERM");
  EXPECT_EQ(records().back().at("status"), "interrupted");
  EXPECT_EQ(records().back().at("signal"), "SIGTERM");
  EXPECT_EQ(records().back().at("runs_done"), 1);
}

TEST_F(LedgerTest, ErrorThatEndedTheLaunchIsRecordedBehindWhatThePointsHave) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  for (int run = 0; run < 3; ++run) {
    add(ledger, run, 1.0);
  }
  ledger.end_failed("the disk is full");
  EXPECT_THAT(types(), ElementsAre("params", "staging", "skip", "run", "run", "run", "summary", "summary", "end"));
  Json const finished = records()[6];
  EXPECT_EQ(finished.at("point_id"), "cpu-p2-t1");
  EXPECT_EQ(finished.at("stopped"), "runs") << "before the error";
  Json const cut_short = records()[7];
  EXPECT_EQ(cut_short.at("point_id"), "cpu-p1-t1");
  EXPECT_EQ(cut_short.at("stopped"), "error");
  EXPECT_EQ(cut_short.at("n"), 1);
  EXPECT_EQ(records().back().at("status"), "failed");
  EXPECT_EQ(records().back().at("error"), "the disk is full");
}

TEST_F(LedgerTest, RunThatTheFileDoesNotTakeIsShownAsALineToAppendByHand) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  add(ledger, 0, 1.0);
  std::string const before = test::text_of(launch_.config.results);
  testing::internal::CaptureStderr();
  {
    test::FileSizeLimit const full_disk(before.size() + 100);
    EXPECT_THROW(add(ledger, 1, 1.0), Error);
    EXPECT_THROW(ledger.end_failed("no room"), Error) << "it fits no more than the run does";
  }
  std::istringstream shown(testing::internal::GetCapturedStderr());
  EXPECT_EQ(test::text_of(launch_.config.results), before) << "whole lines alone";
  std::ofstream by_hand(launch_.config.results, std::ios::app);
  for (std::string line; std::getline(shown, line);) {
    if (line.starts_with('{')) {
      by_hand << line << '\n';
    }
  }
  by_hand.close();
  EXPECT_THAT(types(), ElementsAre("params", "staging", "skip", "run", "run", "summary", "summary", "end"));
  EXPECT_EQ(records()[4].at("point_id"), "cpu-p1-t1");
  EXPECT_EQ(records()[4].at("order_index"), 1);
  EXPECT_EQ(records().back().at("runs_succeeded"), 1) << "of the file's own lines";
}

TEST_F(LedgerTest, LastWordsAreSummariesAndEnd) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  add(ledger, 0, 2.0);
  std::size_t const before = types().size();
  ledger.say_last_words("SIGTERM");
  auto const told = records();
  ASSERT_EQ(told.size(), before + launch_.plan.points.size() + 1);
  EXPECT_EQ(told.back().at("type"), "end");
  EXPECT_EQ(told.back().at("status"), "interrupted");
  EXPECT_EQ(told.back().at("signal"), "SIGTERM");
  EXPECT_EQ(told.back().at("runs_done"), 1);
  for (std::size_t i = before; i + 1 < told.size(); ++i) {
    EXPECT_EQ(told[i].at("type"), "summary");
    EXPECT_EQ(told[i].at("stopped"), "interrupted");
  }
  ledger.finish_points(std::vector{StoppedPoint{0, StopReason::interrupted}});
  ledger.end_interrupted("SIGTERM");
  EXPECT_EQ(records().size(), told.size()) << "nothing is told twice";
}

TEST_F(LedgerTest, RunThatIsFinishedAfterLastWordsIsNotLost) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  ledger.say_last_words("SIGTERM");
  std::size_t const before = types().size();
  add(ledger, 0, 2.0);
  ledger.finish_points(std::vector{StoppedPoint{0, StopReason::interrupted}, StoppedPoint{1, StopReason::interrupted}});
  ledger.end_interrupted("SIGTERM");
  auto const all = types();
  EXPECT_THAT(std::vector(all.begin() + static_cast<std::ptrdiff_t>(before), all.end()),
              ElementsAre("run", "summary", "end"))
      << "the other point has its summary";
  EXPECT_EQ(records().back().at("runs_done"), 1);
}

TEST_F(LedgerTest, LastWordsMayComeFromAnotherThread) {
  Ledger ledger(launch_, {StagedTarget{}}, 0.0);
  std::jthread const other([&ledger] { ledger.say_last_words("SIGTERM"); });
  add(ledger, 0, 2.0);
  ledger.set_clocks({});
  ledger.add_clearing(0.1);
}

}  // namespace
}  // namespace lauebench
