#include "bench/outcome_json.hpp"

#include <stdexcept>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::sample_report;

TEST(OutcomeJson, EveryValueComesBackAsItWas) {
  RankReport report = sample_report(3, 0.1, 0.30000000000000004);
  report.cores.affinity = Affinity::not_bound;
  report.gpu = test::sample_gpu();
  report.node = NodeUse{"node1", 2.5, 100.0, {2500.0, Unknown{"no sensor"}}, {2400.0, 61.5}};
  report.outcome.code = ReturnCode::out_of_memory;
  report.outcome.error = "no memory (\"quoted\"\n and broken): buy some";
  report.outcome.images_are_empty = true;
  report.agreed_start_s = 12345.678901234567;
  report.outcome.elapsed_s = 0.2;
  report.outcome.intervals.emplace().of(Phase::write) = {{0.1, 0.30000000000000004}, {1.0, 2.0}};
  report.cache = {CacheState::unknown, "who knows", std::nullopt, "not permitted", 4, 79};
  report.node_index = 5;

  RankReport const copy = rank_report_from_message(to_message(report));

  EXPECT_EQ(copy.rank, 3);
  EXPECT_EQ(copy.node_index, 5);
  EXPECT_EQ(copy.host, "node1");
  EXPECT_EQ(copy.cores.cpus, (std::vector{0, 1}));
  EXPECT_EQ(copy.cores.affinity, Affinity::not_bound);
  ASSERT_TRUE(copy.gpu);
  EXPECT_EQ(copy.gpu->index, 1);
  EXPECT_EQ(copy.gpu->uuid, "GPU-5ee3f5f9");
  EXPECT_EQ(copy.gpu->pci_bus_id, "0000:C1:00.0");
  EXPECT_EQ(std::get<double>(copy.gpu->at_start.energy_j), 1000.0);
  EXPECT_EQ(std::get<double>(copy.gpu->at_end.sm_clock_mhz), 1980.0);
  EXPECT_EQ(std::get<std::uint64_t>(copy.gpu->peak_memory_used_bytes), std::uint64_t{3} << 30U);
  EXPECT_EQ(std::get<Unknown>(copy.gpu->at_end.throttle_reasons).reason, "Not Supported");
  ASSERT_TRUE(copy.node);
  EXPECT_EQ(copy.node->host, "node1");
  EXPECT_EQ(copy.node->seconds, 2.5);
  EXPECT_EQ(std::get<double>(copy.node->cpu_package_j), 100.0);
  EXPECT_EQ(std::get<double>(copy.node->at_start.frequency_mhz), 2500.0);
  EXPECT_EQ(std::get<Unknown>(copy.node->at_start.temperature_c).reason, "no sensor");
  EXPECT_EQ(std::get<double>(copy.node->at_end.temperature_c), 61.5);
  EXPECT_EQ(copy.outcome.code, ReturnCode::out_of_memory);
  EXPECT_EQ(copy.outcome.error, report.outcome.error);
  EXPECT_EQ(copy.outcome.start_s, 0.1);
  EXPECT_EQ(copy.outcome.end_s, 0.30000000000000004);
  EXPECT_EQ(copy.outcome.elapsed_s, 0.2) << "not the difference of what is on the timeline";
  EXPECT_EQ(copy.agreed_start_s, 12345.678901234567);
  ASSERT_TRUE(copy.outcome.intervals);
  ASSERT_EQ(copy.outcome.intervals->of(Phase::write).size(), 2U);
  EXPECT_EQ(copy.outcome.intervals->of(Phase::write).front().end_s, 0.30000000000000004);
  EXPECT_TRUE(copy.outcome.intervals->of(Phase::read).empty());
  EXPECT_EQ(copy.outcome.phases.wait_read_s, 0.012);
  EXPECT_EQ(copy.outcome.phases.decompress_s, 0.019);
  EXPECT_EQ(copy.outcome.phases.copy_to_host_s, 0.023);
  EXPECT_EQ(copy.outcome.io.bytes_written, 500U);
  EXPECT_EQ(copy.outcome.memory.workspace_bytes, 32U);
  EXPECT_EQ(copy.outcome.memory.page_locked_bytes, 34U);
  EXPECT_EQ(copy.outcome.memory.device_limit_bytes, 35U);
  EXPECT_EQ(copy.outcome.memory.device_bytes, 36U);
  EXPECT_TRUE(copy.outcome.memory.peak_is_of_run);
  EXPECT_EQ(copy.outcome.threads_counted, 2);
  EXPECT_EQ(copy.outcome.output_type, "uint16");
  EXPECT_TRUE(copy.outcome.images_are_empty);
  EXPECT_EQ(copy.digest, "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(copy.digest_s, 0.024);
  EXPECT_EQ(std::get<double>(copy.digest_resident), 0.005);
  EXPECT_EQ(std::get<double>(copy.read_back_s), 0.75);
  EXPECT_EQ(std::get<DepthAccuracy>(copy.accuracy), std::get<DepthAccuracy>(report.accuracy));
  EXPECT_EQ(copy.cache.state_reason, "who knows");
  EXPECT_EQ(copy.cache.attempts, 4);
  EXPECT_EQ(copy.cache.replica_bytes, 79U);
  EXPECT_EQ(copy.usage.system_s, 0.032);
  EXPECT_EQ(copy.usage.minor_faults, 35);
  EXPECT_EQ(copy.usage.read_from_device_bytes, 39);
  EXPECT_EQ(copy.usage.written_to_device_bytes, std::nullopt);
  EXPECT_EQ(to_message(copy), to_message(report)) << "no member is forgotten on the way back";
}

TEST(OutcomeJson, UnknownAccuracyArrivesWithItsReason) {
  RankReport report = sample_report(0);
  report.accuracy = Unknown{"no truth"};
  EXPECT_EQ(std::get<Unknown>(rank_report_from_message(to_message(report)).accuracy).reason, "no truth");
  report.accuracy = DepthAccuracy{std::nullopt, std::nullopt, 0.0, 3, 3, 0};
  EXPECT_EQ(std::get<DepthAccuracy>(rank_report_from_message(to_message(report)).accuracy),
            std::get<DepthAccuracy>(report.accuracy));
}

TEST(OutcomeJson, NoIntervalsUnlessAskedFor) {
  EXPECT_FALSE(rank_report_from_message(to_message(sample_report(0))).outcome.intervals);
}

TEST(OutcomeJson, CpuRunHasNoGpu) { EXPECT_FALSE(rank_report_from_message(to_message(sample_report(0))).gpu); }

TEST(OutcomeJson, TextThatIsNotUtf8StillArrives) {
  RankReport report = sample_report(0);
  report.outcome.error = "cannot open \xff.h5";
  EXPECT_EQ(rank_report_from_message(to_message(report)).outcome.error, "cannot open \xEF\xBF\xBD.h5");
}

TEST(OutcomeJson, AnotherTextIsRefused) {
  EXPECT_THROW(static_cast<void>(rank_report_from_message("")), std::runtime_error);
  EXPECT_THROW(static_cast<void>(rank_report_from_message("{\"rank\": 1}")), std::runtime_error);
}

}  // namespace
}  // namespace lauebench
