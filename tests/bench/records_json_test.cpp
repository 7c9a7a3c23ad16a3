#include "bench/records_json.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_json.hpp"
#include "sample_launch.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_launch;
using test::sample_report;

RecordStamp stamp() {
  return {WallTime{std::chrono::milliseconds(1755010862500)}, "3b241101-e2bb-4255-8caf-4136c566a962"};
}

RunIdentity identity(GridPoint const& point, RunKind kind = RunKind::measured) {
  return {"/stage", "20250812T150102Z-3", point, {0, 1, kind}, 3};
}

Json run_of(GridPoint const& point, std::vector<RankReport> reports, RunKind kind = RunKind::measured) {
  return run_record(stamp(), identity(point, kind), make_run_record(point, std::move(reports), asked_memory_bytes));
}

TEST(RecordsJson, EveryRecordCarriesTypeMomentAndSession) {
  Json const record = skip_record(stamp(), "/stage", {{"gpu-p1", Device::gpu, 1, 1}, "no GPU visible"});
  EXPECT_EQ(record.dump(), R"({"type":"skip","ts":"20250812T150102Z","unix_time_s":1755010862.5,)"
                           R"("session_id":"3b241101-e2bb-4255-8caf-4136c566a962","point_id":"gpu-p1",)"
                           R"("staging_dir":"/stage","mode":"gpu","parallel":1,"precision":"double",)"
                           R"("output_layout":"per-depth","output_compression":"none","reason":"no GPU visible"})");
}

TEST(RecordsJson, APointOfSinglePrecisionSaysSo) {
  Json record;
  put_point(record, "/stage", {"cpu-p1-t2-single", Device::cpu, 1, 2, Precision::single_precision});
  EXPECT_EQ(record.dump(), R"({"point_id":"cpu-p1-t2-single","staging_dir":"/stage","mode":"cpu","parallel":1,)"
                           R"("threads":2,"precision":"single","output_layout":"per-depth",)"
                           R"("output_compression":"none"})");
}

TEST(RecordsJson, AccuracyIsThatOfTheRankOrNullWithTheReason) {
  RankReport unknown = sample_report(1);
  unknown.accuracy = Unknown{"no truth"};
  RankReport empty = sample_report(2);
  empty.accuracy = DepthAccuracy{std::nullopt, std::nullopt, 0.0, 3, 3, 0};
  Json const ranks = run_of(cpu_point(3, 1), {sample_report(0), unknown, empty}).at("per_proc");
  EXPECT_EQ(ranks.at(0).at("accuracy").dump(),
            R"({"depth_error_um_rms":0.041,"depth_error_um_max":0.042,"intensity_recovered":0.043,)"
            R"("grains_judged":11,"grains_not_found":2,"grains_left_out":1})");
  EXPECT_FALSE(ranks.at(0).at("unavailable").contains("accuracy"));
  EXPECT_TRUE(ranks.at(1).at("accuracy").is_null());
  EXPECT_EQ(ranks.at(1).at("unavailable").at("accuracy"), "no truth");
  EXPECT_TRUE(ranks.at(2).at("accuracy").at("depth_error_um_max").is_null());
  EXPECT_EQ(ranks.at(2).at("accuracy").at("unavailable").size(), 2U);
}

TEST(RecordsJson, RunHasTheMembersOfThePredecessor) {
  Json const record = run_of(cpu_point(2, 4), {sample_report(0, 0.0, 2.0), sample_report(1, 0.0, 1.5)});
  EXPECT_EQ(record.at("type"), "run");
  EXPECT_EQ(record.at("mode"), "cpu");
  EXPECT_EQ(record.at("parallel"), 2);
  EXPECT_EQ(record.at("threads"), 4);
  EXPECT_EQ(record.at("run_index"), 1);
  EXPECT_EQ(record.at("order_index"), 3);
  EXPECT_EQ(record.at("total_wall_s"), 2.0);
  EXPECT_EQ(record.at("run_id"), "20250812T150102Z-3");
  EXPECT_EQ(record.at("input_replicas"), 2);
  EXPECT_EQ(record.at("success"), true);
  EXPECT_EQ(record.at("throughput_per_min"), 60.0);
  Json const& second = record.at("per_proc").at(1);
  EXPECT_EQ(second.at("i"), 1);
  EXPECT_EQ(second.at("elapsed_s"), 1.5);
  EXPECT_EQ(second.at("success"), true);
  EXPECT_EQ(second.at("return_code"), 0);
}

TEST(RecordsJson, PerProcHoldsWhatTheRankReported) {
  Json const entry = run_of(cpu_point(1, 2), {sample_report(5, 0.25, 2.0)}).at("per_proc").at(0);
  EXPECT_EQ(entry.at("rank"), 5);
  EXPECT_EQ(entry.at("host"), "node1");
  EXPECT_TRUE(entry.at("gpu").is_null());
  EXPECT_TRUE(entry.at("error").is_null());
  EXPECT_EQ(entry.at("cpus").dump(), "[0,1]");
  EXPECT_EQ(entry.at("start_s"), 0.25);
  EXPECT_EQ(entry.at("cutoff_counts"), 1.5);
  EXPECT_EQ(entry.at("phases").at("wait_read_s"), 0.012);
  EXPECT_EQ(entry.at("phases").at("decompress_s"), 0.019);
  EXPECT_EQ(entry.at("phases").at("kernel_s"), 0.020);
  EXPECT_TRUE(entry.at("phases").at("convert_s").is_null());
  EXPECT_EQ(entry.at("phases").at("unavailable").size(), 1U);
  EXPECT_EQ(entry.at("phases").at("compress_s"), 0.0205);
  EXPECT_EQ(entry.at("phases").size(), 16U);
  EXPECT_EQ(entry.at("read_path"), "chunks");
  EXPECT_EQ(entry.at("write_path"), "hdf5");
  EXPECT_EQ(entry.at("io").dump(), R"({"bytes_read":1000,"bytes_written":500,"files_written":41})");
  EXPECT_EQ(entry.at("memory").at("peak_rss_bytes"), 33);
  EXPECT_EQ(entry.at("cache").dump(), R"({"state":"warm","resident_before":1.0,"attempts":1,"replica_bytes":78})");
  EXPECT_EQ(entry.at("usage").at("user_s"), 0.031);
  EXPECT_EQ(entry.at("usage").at("read_by_calls_bytes"), 37);
  EXPECT_TRUE(entry.at("usage").at("written_to_device_bytes").is_null());
  EXPECT_EQ(entry.at("usage").at("unavailable").dump(),
            R"({"written_to_device_bytes":"/proc/self/io cannot be read"})");
  EXPECT_EQ(entry.at("digest"), "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(entry.at("digest_s"), 0.024);
  EXPECT_EQ(entry.at("digest_resident"), 0.005);
  EXPECT_EQ(entry.at("read_back_s"), 0.75);
}

TEST(RecordsJson, WhatHdf5DecompressedIsNullWithAReason) {
  RankReport report = sample_report(0);
  report.outcome.phases.decompress_s.reset();
  Json const phases = run_of(cpu_point(1, 1), {report}).at("per_proc").at(0).at("phases");
  EXPECT_TRUE(phases.at("decompress_s").is_null());
  EXPECT_EQ(phases.at("unavailable").at("decompress_s"), "HDF5 reads and decompresses in one; read_s holds both");
}

TEST(RecordsJson, FailedRunHasItsErrorAndNoRates) {
  RankReport failed = sample_report(0);
  failed.outcome.code = ReturnCode::io_error;
  failed.outcome.error = "disk full (28): make room";
  Json const record = run_of(cpu_point(1, 1), {failed});
  EXPECT_EQ(record.at("success"), false);
  EXPECT_TRUE(record.at("throughput_per_min").is_null());
  EXPECT_TRUE(record.at("bytes_per_s").is_null());
  EXPECT_EQ(record.at("per_proc").at(0).at("return_code"), 3);
  EXPECT_EQ(record.at("per_proc").at(0).at("error"), "disk full (28): make room");
}

TEST(RecordsJson, ReportWithoutDigestHasNull) {
  RankReport report = sample_report(0);
  report.digest.clear();
  EXPECT_TRUE(run_of(cpu_point(1, 1), {report}).at("per_proc").at(0).at("digest").is_null());
}

TEST(RecordsJson, GpuRunNamesItsDeviceAndNoThreads) {
  RankReport report = sample_report(0);
  report.gpu = test::sample_gpu();
  report.node = NodeUse{"node1", 2.5, 100.0, {2500.0, 55.0}, {2400.0, 61.5}};
  Json const record = run_of({"gpu-p1", Device::gpu, 1, 1}, {report});
  EXPECT_EQ(record.at("mode"), "gpu");
  EXPECT_FALSE(record.contains("threads"));
  Json const gpu = record.at("per_proc").at(0).at("gpu");
  EXPECT_EQ(gpu.at("index"), 1);
  EXPECT_EQ(gpu.at("uuid"), "GPU-5ee3f5f9");
  EXPECT_EQ(gpu.at("energy_j"), 250.0);
  EXPECT_EQ(record.at("nodes").dump(), R"([{"host":"node1","seconds":2.5,"cpu_package_j":100.0,)"
                                       R"("start":{"frequency_mhz":2500.0,"temperature_c":55.0},)"
                                       R"("end":{"frequency_mhz":2400.0,"temperature_c":61.5}}])");
  EXPECT_EQ(record.at("energy").at("total_j"), 350.0);
  EXPECT_EQ(record.at("energy").at("mean_w"), 140.0);
  EXPECT_EQ(gpu.at("start").at("throttle_reasons").dump(), R"(["gpu_idle"])");
  EXPECT_EQ(gpu.at("end").at("temperature_c"), 61.0);
  EXPECT_EQ(gpu.at("end").at("unavailable").dump(), R"({"throttle_reasons":"Not Supported"})");
}

TEST(RecordsJson, RunSaysHowItWasPrepared) {
  RunRecord run = make_run_record(cpu_point(1, 1), {sample_report(0)}, asked_memory_bytes);
  add_preparation(run, CachePolicy::warm, {{0, "node1", {2, "", 0.25}}});
  Json const record = run_record(stamp(), identity(cpu_point(1, 1)), run);
  EXPECT_EQ(record.at("cache").at("asked"), "warm");
  EXPECT_EQ(record.at("cache").at("from_device_fraction"), 0.5);
  EXPECT_EQ(record.at("before_run").dump(), R"([{"node":0,"host":"node1","status":2,"seconds":0.25}])");
  EXPECT_EQ(record.at("flags").dump(), R"(["before_run_failed"])");
}

TEST(RecordsJson, WarmUpIsNoRun) {
  EXPECT_EQ(run_of(cpu_point(1, 1), {sample_report(0)}, RunKind::warmup).at("type"), "warmup");
}

TEST(RecordsJson, ParamsHoldOptionsPlanAndEnvironment) {
  Launch const launch = sample_launch("/tmp");
  Json const record = params_record(
      stamp(), launch.plan,
      {to_json(launch.config), {}, launch.needs, read_environment(), launch.command_line, "00ff", launch.site});
  EXPECT_EQ(record.at("schema_version"), "1.1.0");
  EXPECT_EQ(record.at("h5"), "/data/scan.h5");
  EXPECT_EQ(record.at("geometry_checksum"), "00ff");
  EXPECT_TRUE(record.at("resumes").is_null());
  EXPECT_EQ(record.at("staging_dir"), "/stage");
  EXPECT_EQ(record.at("cache"), "warm");
  EXPECT_TRUE(record.at("before_run").is_null());
  EXPECT_EQ(record.at("staging_dirs").dump(), R"(["/stage"])");
  EXPECT_EQ(record.at("h5"), "/data/scan.h5");
  EXPECT_EQ(record.at("h5_list").dump(), R"(["/data/scan.h5"])");
  EXPECT_EQ(record.at("depth_range").dump(), "[0.0,40.0]");
  EXPECT_EQ(record.at("seed"), 7) << "the plan's, where none was given";
  EXPECT_EQ(record.at("order"), "random");
  EXPECT_EQ(record.at("points").dump(), R"(["cpu-p1-t1","cpu-p2-t1"])");
  EXPECT_EQ(record.at("scan").at("output_files"), 41);
  EXPECT_EQ(record.at("host").dump(), R"({"hostname":"n0","platform":"Linux-test"})");
  EXPECT_TRUE(record.at("git").contains("sha"));
  EXPECT_EQ(record.at("environment").at("command_line").dump(), R"(["laue-bench","run"])");
  Json const& node = record.at("environment").at("nodes").at(0);
  EXPECT_EQ(node.at("ranks_per_node"), 2);
  EXPECT_EQ(node.at("ranks").at(1).at("rank"), 1);
  EXPECT_EQ(node.at("ranks").at(1).at("available_memory_bytes"), 8589934592);
  EXPECT_EQ(record.at("environment").at("hdf5").at("parallel"), true);
}

TEST(RecordsJson, ParamsNameTheFirstScanAndAll) {
  Launch launch = sample_launch("/tmp");
  launch.config.h5 = {"/data/a.h5", "/data/b.h5"};
  Json const record =
      params_record(stamp(), launch.plan, {to_json(launch.config), {}, launch.needs, {}, {}, "", launch.site});
  EXPECT_EQ(record.at("h5"), "/data/a.h5");
  EXPECT_EQ(record.at("h5_list").dump(), R"(["/data/a.h5","/data/b.h5"])");
}

TEST(RecordsJson, NodesListTheirOwnRanks) {
  Launch launch = sample_launch("/tmp");
  launch.site = test::sample_site({1, 2});
  Json const nodes = params_record(stamp(), launch.plan,
                                   {to_json(launch.config), {}, launch.needs, read_environment(), {}, "", launch.site})
                         .at("environment")
                         .at("nodes");
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes.at(1).at("hostname"), "n1");
  EXPECT_EQ(nodes.at(1).at("ranks_per_node"), 2);
  EXPECT_EQ(nodes.at(1).at("ranks").at(0).at("rank"), 1);
}

TEST(RecordsJson, SummaryDescribesTheSuccessfulRuns) {
  PointResult result(cpu_point(1, 1), 2);
  for (double const end_s : {2.0, 4.0}) {
    result.add(result.made(), make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, end_s)}, asked_memory_bytes));
  }
  Json const record = summary_record(stamp(), "/stage", result);
  EXPECT_EQ(record.at("n"), 2);
  EXPECT_EQ(record.at("min"), 2.0);
  EXPECT_EQ(record.at("p50"), 3.0);
  EXPECT_EQ(record.at("p90"), 3.8);
  EXPECT_EQ(record.at("mean"), 3.0);
  EXPECT_NEAR(record.at("stddev").get<double>(), 1.4142135623730951, 1e-12);
  EXPECT_GT(record.at("confidence_interval").at("high_s").get<double>(), 4.0);
  EXPECT_EQ(record.at("stopped"), "runs");
  EXPECT_TRUE(record.at("outliers").is_null());
  EXPECT_EQ(record.at("unavailable").at("outliers"), "2 successful runs, it takes 6");
  EXPECT_FALSE(record.at("unavailable").contains("stddev"));
}

TEST(RecordsJson, SummaryOfOneRunSaysWhyItHasNoSpread) {
  PointResult result(cpu_point(1, 1), 1);
  result.add(result.made(), make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, 2.0)}, asked_memory_bytes));
  Json const record = summary_record(stamp(), "/stage", result);
  EXPECT_EQ(record.at("mean"), 2.0);
  for (char const* const name : {"stddev", "confidence_interval"}) {
    EXPECT_TRUE(record.at(name).is_null()) << name;
    EXPECT_EQ(record.at("unavailable").at(name), "1 successful run, it takes 2");
  }
  EXPECT_FALSE(record.at("unavailable").contains("mean"));
}

TEST(RecordsJson, SummaryTellsHowLongAPointWasSustained) {
  PointResult result(cpu_point(1, 1), std::nullopt, 60.0);
  result.add(result.made(), make_run_record(cpu_point(1, 1), {sample_report(0)}, asked_memory_bytes));
  result.set_stopped(StopReason::sustained, 61.5);
  EXPECT_EQ(summary_record(stamp(), "/stage", result).at("sustained_s"), 61.5);
  result.set_stopped(StopReason::only_failures);
  Json const failed = summary_record(stamp(), "/stage", result);
  EXPECT_TRUE(failed.at("sustained_s").is_null());
  EXPECT_EQ(failed.at("unavailable").at("sustained_s"), "failures, an error or a signal ended it");
}

TEST(RecordsJson, SummaryOfManyRunsHasTheirFlagsAndNoise) {
  PointResult result(cpu_point(1, 1), std::nullopt);
  for (double const end_s : {4.0, 2.0, 2.01, 1.99, 2.0, 2.02, 1.98, 2.01, 2.0, 2.0}) {
    result.add(result.made(), make_run_record(cpu_point(1, 1), {sample_report(0, 0.0, end_s)}, asked_memory_bytes));
  }
  result.set_stopped(StopReason::target_ci);
  Json const record = summary_record(stamp(), "/stage", result);
  EXPECT_EQ(record.at("outliers").dump(), "[0]");
  EXPECT_EQ(record.at("slow_first"), true);
  EXPECT_GT(record.at("noise_floor").get<double>(), 0.1);
  EXPECT_EQ(record.at("stopped"), "target_ci");
  EXPECT_FALSE(record.value("unavailable", Json::object()).contains("noise_floor"));
}

TEST(RecordsJson, SummaryHasTheFlagsOfItsRuns) {
  PointResult result(cpu_point(2, 1), 2);
  for (double const late_s : {0.0, 1.0}) {
    result.add(result.made(),
               make_run_record(cpu_point(2, 1), {sample_report(0), sample_report(1, late_s, 2.0)}, asked_memory_bytes));
  }
  EXPECT_EQ(summary_record(stamp(), "/stage", result).at("flags").dump(), R"(["start_skew"])");
}

TEST(RecordsJson, SummaryOfFailuresHasNoNumbers) {
  PointResult result(cpu_point(1, 1), 1);
  RankReport failed = sample_report(0);
  failed.outcome.code = ReturnCode::io_error;
  result.add(result.made(), make_run_record(cpu_point(1, 1), {failed}, asked_memory_bytes));
  Json const record = summary_record(stamp(), "/stage", result);
  EXPECT_EQ(record.at("n"), 0);
  EXPECT_EQ(record.at("failed"), 1);
  for (char const* const name : {"min", "p50", "p90", "p95", "p99", "max", "mean"}) {
    EXPECT_TRUE(record.at(name).is_null()) << name;
    EXPECT_EQ(record.at("unavailable").at(name), "no successful run");
  }
  EXPECT_TRUE(record.at("confidence_interval").is_null());
  EXPECT_EQ(record.at("unavailable").at("confidence_interval"), "0 successful runs, it takes 2");
}

TEST(RecordsJson, EndCountsRuns) {
  Json const record =
      end_record(stamp(), {}, {LaunchStatus::failed, 9, 4, 1, 5, 2, 3.5, 3.0, 0.5, "the disk is full", ""});
  EXPECT_EQ(record.at("status"), "failed");
  EXPECT_EQ(record.at("runs_planned"), 9);
  EXPECT_TRUE(record.at("stopped").is_null());
  EXPECT_EQ(record.at("runs_done"), 5);
  EXPECT_EQ(record.at("runs_failed"), 1);
  EXPECT_EQ(record.at("runs_resumed"), 5);
  EXPECT_EQ(record.at("points_skipped"), 2);
  EXPECT_EQ(record.at("elapsed_s"), 3.5);
  EXPECT_EQ(record.at("after_staging_s"), 3.0);
  EXPECT_EQ(record.at("clearing_s"), 0.5);
  EXPECT_EQ(record.at("error"), "the disk is full");
  EXPECT_TRUE(record.at("signal").is_null());
}

/// Two ranks on two nodes.
Nodes two_nodes() { return {2, {{0, 0, 1, "a"}, {1, 0, 1, "b"}}}; }

TEST(RecordsJson, EndTellsTheClocksOfTheOtherNodes) {
  LaunchEnd end;
  end.clocks.resize(2);
  end.clocks[1].add({100.0, 5.0, 2e-4});
  end.clocks[1].add({200.0, 5.5, 4e-4});
  Json const record = end_record(stamp(), two_nodes(), end);
  ASSERT_EQ(record.at("clocks").size(), 1U);
  Json const& clock = record.at("clocks").at(0);
  EXPECT_EQ(clock.at("node"), 1);
  EXPECT_EQ(clock.at("host"), "b");
  EXPECT_EQ(clock.at("offset_before_s"), 5.0);
  EXPECT_EQ(clock.at("offset_after_s"), 5.5);
  EXPECT_EQ(clock.at("round_trip_before_s"), 2e-4);
  EXPECT_EQ(clock.at("round_trip_after_s"), 4e-4);
  EXPECT_EQ(clock.at("between_s"), 100.0);
  EXPECT_DOUBLE_EQ(clock.at("drift"), 5e-3);
  EXPECT_DOUBLE_EQ(clock.at("drift_uncertainty"), 3e-6);
  EXPECT_FALSE(record.contains("unavailable"));
}

TEST(RecordsJson, EndTellsHowDepthImagesAreLaidOut) {
  LaunchEnd end;
  end.targets = {{"/a", {std::nullopt, "no run was made"}},
                 {"/b", {StripeLayout{"lfs getstripe", 1048576, std::nullopt, "as it says"}, {}}}};
  Json const targets = end_record(stamp(), two_nodes(), end).at("targets");
  ASSERT_EQ(targets.size(), 2);
  EXPECT_EQ(targets[0].at("staging_dir"), "/a");
  EXPECT_TRUE(targets[0].at("output_stripe").is_null());
  EXPECT_EQ(targets[0].at("unavailable").at("output_stripe"), "no run was made");
  EXPECT_EQ(targets[1].at("staging_dir"), "/b");
  Json const& stripe = targets[1].at("output_stripe");
  EXPECT_EQ(stripe.at("tool"), "lfs getstripe");
  EXPECT_EQ(stripe.at("stripe_bytes"), 1048576);
  EXPECT_TRUE(stripe.at("stripe_count").is_null());
  EXPECT_EQ(stripe.at("unavailable").at("stripe_count"), "the tool names none, or several");
  EXPECT_EQ(stripe.at("text"), "as it says");
}

TEST(RecordsJson, ClocksThatWereNotReadAreUnknown) {
  Json const record = end_record(stamp(), two_nodes(), {});
  EXPECT_TRUE(record.at("clocks").is_null());
  EXPECT_THAT(record.at("unavailable").at("clocks").get<std::string>(), testing::HasSubstr("before its first run"));
  Nodes const one{1, {{0, 0, 1, "a"}}};
  EXPECT_EQ(end_record(stamp(), one, {}).at("clocks").dump(), "[]") << "one node has one clock";
}

TEST(RecordsJson, LineIsOneLineAndUtf8) {
  EXPECT_EQ(to_line(Json{{"path", "a\nb\xff"}}), "{\"path\":\"a\\nb\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace lauebench
