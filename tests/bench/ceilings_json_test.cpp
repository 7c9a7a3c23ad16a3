#include "bench/ceilings_json.hpp"

#include <chrono>
#include <stdexcept>

#include <gtest/gtest.h>

#include "sample_ceilings.hpp"
#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::cpu_point;
using test::sample_ceilings;
using test::sample_report;

RecordStamp stamp() {
  return {WallTime{std::chrono::milliseconds(1755010862500)}, "3b241101-e2bb-4255-8caf-4136c566a962"};
}

TEST(CeilingsJson, MessageBringsEveryValueBack) {
  CeilingPass const sent{{{CeilingKind::copy_to_host, 1e15 + 1.0, 0.1, 7.0}, {CeilingKind::read, 2.0, 3.0, 4.0}},
                         "disk full (28): make \"room\"",
                         "SIGTERM"};
  CeilingPass const got = ceiling_pass_from_message(to_message(sent));
  EXPECT_EQ(got.error, sent.error);
  EXPECT_EQ(got.signal, sent.signal);
  ASSERT_EQ(got.samples.size(), 2U);
  EXPECT_EQ(got.samples[0].kind, CeilingKind::copy_to_host);
  EXPECT_EQ(got.samples[0].amount, 1e15 + 1.0);
  EXPECT_EQ(got.samples[0].seconds, 0.1);
  EXPECT_EQ(got.samples[0].run_amount, 7.0);
  EXPECT_EQ(got.samples[1].kind, CeilingKind::read);
}

TEST(CeilingsJson, WhatIsNoMessageIsRefused) {
  EXPECT_THROW(static_cast<void>(ceiling_pass_from_message("{}")), std::runtime_error);
}

TEST(CeilingsJson, RecordHasBytesSecondsAndRatesOfEachRankAndAll) {
  Json const record = ceiling_record(stamp(), "/stage", cpu_point(2, 4), sample_ceilings());
  EXPECT_EQ(record.at("type"), "ceiling");
  EXPECT_EQ(record.at("point_id"), "cpu-p2-t4");
  EXPECT_EQ(record.at("threads"), 4);
  EXPECT_EQ(record.at("read").dump(),
            R"({"bytes":2000.0,"seconds":1.0,"bytes_per_s":2000.0,"run_s":1.0,"passes":1,"per_rank":[)"
            R"({"rank":0,"bytes":1000.0,"seconds":1.0,"bytes_per_s":1000.0},)"
            R"({"rank":1,"bytes":1000.0,"seconds":0.5,"bytes_per_s":2000.0}]})");
  EXPECT_EQ(record.at("kernel").at("pixel_steps"), 200.0);
  EXPECT_DOUBLE_EQ(record.at("kernel").at("pixel_steps_per_s"), 200.0 / 1.5);
  EXPECT_FALSE(record.at("memory").contains("run_s"));
  EXPECT_TRUE(record.at("copy_to_device").is_null());
  EXPECT_EQ(record.at("unavailable").at("copy_to_device"), "kernels on CPUs work in host memory");
  EXPECT_EQ(record.at("attainable_s"), 6.0);
  EXPECT_EQ(record.at("bottleneck"), "compute");
}

TEST(CeilingsJson, SummaryTellsWhatTheRunsMadeOfThem) {
  PointResult result(cpu_point(1, 1), 1);
  RankReport report = sample_report(0, 0.0, 12.0);
  report.outcome.phases.read_s = 4.0;
  result.add(result.made(), make_run_record(cpu_point(1, 1), {report}, asked_memory_bytes));
  EXPECT_FALSE(attained_to_json(result)) << "no ceilings were asked for";

  result.add_ceilings(sample_ceilings());
  Json const json = attained_to_json(result).value();
  EXPECT_EQ(json.at("attainable_s"), 6.0);
  EXPECT_EQ(json.at("bottleneck"), "compute");
  EXPECT_EQ(json.at("whole_fraction"), 0.5);
  EXPECT_EQ(json.at("read_fraction"), 0.25);
  EXPECT_TRUE(json.at("copy_to_host_fraction").is_null());
  EXPECT_FALSE(json.contains("memory_fraction"));
}

TEST(CeilingsJson, UnknownCeilingLeavesTheWholeUnknown) {
  PointCeilings ceilings = sample_ceilings();
  ceilings.of[CeilingKind::write] = Unknown{"rank 1: disk full"};
  PointResult result(cpu_point(1, 1), 1);
  result.add_ceilings(ceilings);
  Json const json = attained_to_json(result).value();
  EXPECT_TRUE(json.at("whole_fraction").is_null());
  EXPECT_TRUE(json.at("bottleneck").is_null());
  EXPECT_EQ(json.at("unavailable").at("whole_fraction"), "rank 1: disk full");
}

}  // namespace
}  // namespace lauebench
