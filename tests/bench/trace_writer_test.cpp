#include "bench/trace_writer.hpp"

#include <map>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_reports.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

using test::cpu_point;
using test::text_of;
using testing::ElementsAre;
using testing::HasSubstr;

/// Three ranks on two nodes.
Nodes two_nodes() {
  Nodes nodes;
  nodes.count = 2;
  nodes.ranks = {{0, 0, 2, "a"}, {0, 1, 2, "a"}, {1, 0, 1, "b"}};
  return nodes;
}

/// A report of a rank that opened, read and computed; the agreed start was at 1003 s of rank 0's clock.
RankReport traced_report(int rank) {
  RankReport report = test::sample_report(rank, 0.25, 2.0);
  report.agreed_start_s = 1003.0;
  PhaseIntervals& intervals = report.outcome.intervals.emplace();
  intervals.of(Phase::open) = {{0.25, 0.5}};
  intervals.of(Phase::compute) = {{0.5, 1.0}, {1.25, 2.0}};
  intervals.of(Phase::read) = {{0.25, 0.75}};
  intervals.of(Phase::copy_to_host) = {{1.0, 1.0}};
  return report;
}

class TraceFile : public testing::Test {
 protected:
  void write(int runs) {
    TraceWriter writer(path_, nodes_, "session", 1000.0);
    RunIdentity identity{"/stage", "id-7", cpu_point(3, 1), {0, 4, RunKind::measured}, 7};
    for (int run = 0; run < runs; ++run) {
      writer.add(identity, make_run_record(identity.point, {traced_report(0), traced_report(1), traced_report(2)},
                                           test::asked_memory_bytes));
    }
    writer.finish();
  }

  [[nodiscard]] Json events() const { return Json::parse(text_of(path_)); }

  test::ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "trace.json";
  Nodes nodes_ = two_nodes();
};

TEST_F(TraceFile, EveryPhaseIsACompleteEventInMicrosecondsSinceTheLaunchBegan) {
  write(1);
  std::map<std::string, std::vector<std::pair<double, double>>> of_last_rank;
  for (Json const& event : events()) {
    if (event.at("ph") == "X" && event.at("pid") == 1) {
      of_last_rank[event.at("name")].emplace_back(event.at("ts"), event.at("dur"));
    }
  }
  using Events = std::vector<std::pair<double, double>>;
  EXPECT_EQ(of_last_rank["open"], (Events{{3'250'000.0, 250'000.0}}));
  EXPECT_EQ(of_last_rank["compute"], (Events{{3'500'000.0, 500'000.0}, {4'250'000.0, 750'000.0}}));
  EXPECT_EQ(of_last_rank["read"], (Events{{3'250'000.0, 500'000.0}}));
  EXPECT_EQ(of_last_rank.count("copy_to_host"), 0U) << "it took no time";
}

TEST_F(TraceFile, BeginsWithItsLaunchAndZero) {
  write(1);
  EXPECT_EQ(events().at(0).at("args").dump(), R"({"session_id":"session","zero_monotonic_s":1000.0})");
}

TEST_F(TraceFile, ARunIsAnEventOnATrackOfItsOwn) {
  write(1);
  std::vector<Json> runs;
  for (Json const& event : events()) {
    if (event.at("ph") == "X" && event.at("pid") == 2) {
      runs.push_back(event);
    }
  }
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].at("name"), "cpu-p3-t1");
  EXPECT_EQ(runs[0].at("ts"), 3'250'000.0);
  EXPECT_EQ(runs[0].at("dur"), 1'750'000.0);
  EXPECT_EQ(
      runs[0].at("args").dump(),
      R"({"point_id":"cpu-p3-t1","staging_dir":"/stage","run_index":4,"order_index":7,"run_id":"id-7","warmup":false,"success":true})");
}

TEST_F(TraceFile, TracksAreNamedOnceAndApart) {
  write(2);
  std::map<std::pair<int, int>, std::string> tracks;
  std::vector<std::string> processes;
  for (Json const& event : events()) {
    if (event.at("name") == "thread_name") {
      EXPECT_TRUE(tracks.emplace(std::pair(event.at("pid"), event.at("tid")), event.at("args").at("name")).second);
    } else if (event.at("name") == "process_name") {
      processes.push_back(event.at("args").at("name"));
    }
  }
  EXPECT_THAT(processes, ElementsAre("node 0: a", "node 1: b", "runs"));
  EXPECT_EQ(tracks.at({0, 0}), "rank 0");
  EXPECT_EQ(tracks.at({0, 1}), "rank 1");
  EXPECT_EQ(tracks.at({1, 2}), "rank 2");
  ASSERT_EQ(tracks.size(), 6U);
  EXPECT_EQ(tracks.at({0, 3}), "rank 0: read");
  EXPECT_EQ(tracks.at({1, 5}), "rank 2: read");
}

TEST_F(TraceFile, OfALaunchThatWasKilledLacksNoMoreThanItsBracket) {
  {
    TraceWriter writer(path_, nodes_, "session", 1000.0);
    writer.add({"/stage", "id", cpu_point(1, 1), {0, 0, RunKind::measured}, 0},
               make_run_record(cpu_point(1, 1), {traced_report(0)}, test::asked_memory_bytes));
  }
  std::string const text = text_of(path_);
  EXPECT_TRUE(text.starts_with(trace_opening));
  EXPECT_GT(Json::parse(text + "]").size(), 10U);
}

TEST_F(TraceFile, ReplacesAnEarlierOneAndNothingElse) {
  write(2);
  auto const size = std::filesystem::file_size(path_);
  write(1);
  EXPECT_LT(std::filesystem::file_size(path_), size);
  test::write_text(path_, "[1, 2]\n");
  try {
    write(1);
    FAIL() << "another program's file was replaced";
  } catch (Error const& error) {
    EXPECT_THAT(error.what(), HasSubstr("no trace of this program's"));
  }
  EXPECT_EQ(text_of(path_), "[1, 2]\n");
}

/// What adding a run says after `spoil`.
template <class Spoil>
std::string message_after(std::filesystem::path const& path, Nodes const& nodes, Spoil spoil) {
  TraceWriter writer(path, nodes, "session", 1000.0);
  spoil();
  try {
    writer.finish();
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::io_error);
    return error.what();
  }
  return "nothing was thrown";
}

TEST_F(TraceFile, ThatIsRemovedReplacedOrCutIsNotWrittenToAnyMore) {
  namespace fs = std::filesystem;
  EXPECT_THAT(message_after(path_, nodes_, [this] { fs::remove(path_); }), HasSubstr("it was removed during"));
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_THAT(message_after(path_, nodes_,
                            [this] {
                              test::write_text(folder_ / "other", "mine");
                              fs::rename(folder_ / "other", path_);
                            }),
              HasSubstr("it was moved or replaced during"));
  EXPECT_EQ(text_of(path_), "mine");
  fs::remove(path_);
  EXPECT_THAT(message_after(path_, nodes_, [this] { fs::resize_file(path_, 50); }), HasSubstr("it was cut during"));
  EXPECT_EQ(fs::file_size(path_), 50U) << "no hole before a line";
}

}  // namespace
}  // namespace lauebench
