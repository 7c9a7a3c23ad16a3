#include "bench/run_cache.hpp"

#include <gtest/gtest.h>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::sample_report;

RankReport report_with(CacheState state, int node_index = 0) {
  RankReport report = sample_report(0);
  report.node_index = node_index;
  report.cache.state = state;
  return report;
}

CacheState state_of(std::vector<CacheState> const& states) {
  std::vector<RankReport> reports;
  reports.reserve(states.size());
  for (CacheState const state : states) {
    reports.push_back(report_with(state));
  }
  return state_of_all(reports);
}

TEST(RunCache, IsColdOnlyIfEveryRankIs) {
  EXPECT_EQ(state_of({CacheState::cold, CacheState::cold}), CacheState::cold);
  EXPECT_EQ(state_of({CacheState::cold, CacheState::client_cold}), CacheState::partial);
  EXPECT_EQ(state_of({CacheState::warm, CacheState::cold}), CacheState::partial);
  EXPECT_EQ(state_of({CacheState::cold, CacheState::unknown}), CacheState::unknown);
  EXPECT_EQ(state_of({CacheState::warm_only, CacheState::warm_only}), CacheState::warm_only);
}

TEST(RunCache, SumsWhatEachNodeRead) {
  RankReport silent = report_with(CacheState::cold, 1);
  silent.usage.read_from_device_bytes.reset();
  RankReport second = report_with(CacheState::cold);
  ++second.replica;
  RunCache const cache = cache_of_run(CachePolicy::cold, std::vector{report_with(CacheState::cold), second, silent});
  ASSERT_EQ(cache.nodes.size(), 2U);
  EXPECT_EQ(cache.nodes[0].host, "node1");
  EXPECT_EQ(cache.nodes[0].ranks, 2);
  EXPECT_EQ(cache.nodes[0].replica_bytes, 156U);
  EXPECT_EQ(cache.nodes[0].read_by_calls_bytes, 74);
  EXPECT_EQ(cache.nodes[0].read_from_device_bytes, 78);
  EXPECT_DOUBLE_EQ(cache.nodes[0].from_device_fraction().value(), 0.5);
  EXPECT_EQ(cache.nodes[1].host, "node1") << "another node of the same name";
  EXPECT_EQ(cache.nodes[1].ranks, 1);
  EXPECT_EQ(cache.nodes[1].read_from_device_bytes, std::nullopt);
  EXPECT_EQ(cache.all.ranks, 3);
  EXPECT_EQ(cache.all.read_by_calls_bytes, 111);
  EXPECT_EQ(cache.all.from_device_fraction(), std::nullopt) << "of one node it is not known";
}

bool as_asked(CachePolicy asked, CacheState state) {
  return is_as_asked(cache_of_run(asked, std::vector{report_with(state)}));
}

TEST(RunCache, IsAsAskedOnlyWhereThatIsKnown) {
  EXPECT_TRUE(as_asked(CachePolicy::cold, CacheState::cold));
  for (CacheState const state :
       {CacheState::warm, CacheState::partial, CacheState::unknown, CacheState::client_cold, CacheState::warm_only}) {
    EXPECT_FALSE(as_asked(CachePolicy::cold, state)) << to_string(state);
  }
  EXPECT_TRUE(as_asked(CachePolicy::warm, CacheState::warm));
  EXPECT_TRUE(as_asked(CachePolicy::warm, CacheState::warm_only));
  for (CacheState const state : {CacheState::cold, CacheState::partial, CacheState::unknown, CacheState::client_cold}) {
    EXPECT_FALSE(as_asked(CachePolicy::warm, state)) << to_string(state);
    EXPECT_TRUE(as_asked(CachePolicy::none, state)) << to_string(state);
  }
}

TEST(RunCache, ColdIsDoubtedWhereNoByteCameFromADevice) {
  auto const state_after = [](CacheState state, std::uint64_t bytes_read, std::optional<std::int64_t> from_device) {
    RankReport report = report_with(state);
    report.outcome.io.bytes_read = bytes_read;
    report.usage.read_from_device_bytes = from_device;
    doubt_cold_without_device({&report, 1});
    return report.cache.state;
  };
  EXPECT_EQ(state_after(CacheState::cold, 1000, 0), CacheState::unknown);
  EXPECT_EQ(state_after(CacheState::cold, 1000, 4096), CacheState::cold);
  EXPECT_EQ(state_after(CacheState::cold, 1000, std::nullopt), CacheState::cold) << "residency stands";
  EXPECT_EQ(state_after(CacheState::cold, 0, 0), CacheState::cold) << "failed before it read";
  EXPECT_EQ(state_after(CacheState::warm, 1000, 0), CacheState::warm);
}

TEST(RunCache, ReplicaThatSeveralRanksOfANodeReadCountsOnce) {
  std::vector ranks{report_with(CacheState::cold), report_with(CacheState::cold), report_with(CacheState::cold)};
  ranks[2].node_index = 1;
  for (RankReport& report : ranks) {
    report.replica = 0;
    report.outcome.io.bytes_read = 1000;
    report.cache.replica_bytes = 1000;
    report.usage.read_from_device_bytes = 0;
  }
  ranks[0].usage.read_from_device_bytes = 1000;
  doubt_cold_without_device(ranks);
  EXPECT_EQ(ranks[0].cache.state, CacheState::cold);
  EXPECT_EQ(ranks[1].cache.state, CacheState::cold) << "the other one has read it";
  EXPECT_EQ(ranks[2].cache.state, CacheState::unknown) << "its node has pages of its own";
  RunCache const cache = cache_of_run(CachePolicy::cold, ranks);
  EXPECT_EQ(cache.nodes[0].replica_bytes, 1000U);
  EXPECT_EQ(cache.nodes[0].ranks, 2);
  EXPECT_DOUBLE_EQ(cache.nodes[0].from_device_fraction().value(), 1.0);
  EXPECT_EQ(cache.all.replica_bytes, 2000U);
}

}  // namespace
}  // namespace lauebench
