#include "bench/cache_json.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

TEST(CacheJson, ReplicaComesBackAsItWas) {
  for (auto const state :
       {CacheState::warm, CacheState::cold, CacheState::partial, CacheState::client_cold, CacheState::warm_only}) {
    ReplicaCache cache{state, "", 0.25, "", 3, 1000};
    ReplicaCache const copy = replica_cache_from_json(to_json(cache));
    EXPECT_EQ(copy.state, state);
    EXPECT_EQ(copy.resident_before, 0.25);
    EXPECT_EQ(copy.attempts, 3);
    EXPECT_EQ(copy.replica_bytes, 1000U);
    EXPECT_FALSE(to_json(cache).contains("unavailable"));
  }
  ReplicaCache const unknown{CacheState::unknown, "who knows", std::nullopt, "mincore: not permitted", 0, std::nullopt};
  ReplicaCache const copy = replica_cache_from_json(to_json(unknown));
  EXPECT_EQ(copy.state, CacheState::unknown);
  EXPECT_EQ(copy.state_reason, "who knows");
  EXPECT_EQ(copy.resident_before, std::nullopt);
  EXPECT_EQ(copy.resident_reason, "mincore: not permitted");
  EXPECT_EQ(copy.replica_bytes, std::nullopt);
  EXPECT_EQ(to_json(unknown).at("unavailable").at("replica_bytes"), "mincore: not permitted");
}

TEST(CacheJson, ReasonsStandUnderTheNamesOfWhatIsNotKnown) {
  ReplicaCache const cache{CacheState::unknown, "who knows", std::nullopt, "mincore: not permitted", 4, 1000};
  EXPECT_EQ(to_json(cache).dump(), R"({"state":"unknown","resident_before":null,"unavailable":{"resident_before":)"
                                   R"("mincore: not permitted","state":"who knows"},"attempts":4,)"
                                   R"("replica_bytes":1000})");
}

TEST(CacheJson, RunHasItsSumsAndThoseOfItsNodes) {
  auto const json = to_json(cache_of_run(CachePolicy::cold, std::vector{test::sample_report(0)}));
  EXPECT_EQ(json.dump(), R"({"asked":"cold","state":"warm","replica_bytes":78,"read_by_calls_bytes":37,)"
                         R"("read_from_device_bytes":39,"from_device_fraction":0.5,"nodes":[{"host":"node1","ranks":1,)"
                         R"("replica_bytes":78,"read_by_calls_bytes":37,"read_from_device_bytes":39,)"
                         R"("from_device_fraction":0.5}]})");
}

TEST(CacheJson, SizeOfNoReplicaIsNullWithAReasonAndSoIsTheFraction) {
  RankReport report = test::sample_report(0);
  report.cache.replica_bytes = std::nullopt;
  auto const json = to_json(cache_of_run(CachePolicy::warm, std::vector{report}));
  EXPECT_TRUE(json.at("from_device_fraction").is_null());
  EXPECT_EQ(json.at("unavailable").dump(), R"({"replica_bytes":"a replica could not be opened",)"
                                           R"("from_device_fraction":"a replica could not be opened"})");
}

TEST(CacheJson, BeforeRunTravels) {
  BeforeRun const ended = before_run_from_message(to_message({2, "node2", {143, "", 1.5}}));
  EXPECT_EQ(ended.node, 2);
  EXPECT_EQ(ended.host, "node2");
  EXPECT_EQ(ended.end.status, 143);
  EXPECT_EQ(ended.end.seconds, 1.5);
  BeforeRun const lost = before_run_from_message(to_message({0, "node1", {std::nullopt, "waitpid: no child", 0.0}}));
  EXPECT_EQ(lost.end.status, std::nullopt);
  EXPECT_EQ(lost.end.status_reason, "waitpid: no child");
  EXPECT_THROW(static_cast<void>(before_run_from_message("{}")), std::runtime_error);
}

}  // namespace
}  // namespace lauebench
