#include "bench/ceilings.hpp"

#include <variant>

#include <gtest/gtest.h>

#include "sample_ceilings.hpp"
#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::asked_memory_bytes;
using test::ceiling_of;
using test::cpu_point;
using test::sample_ceilings;
using test::sample_report;

CeilingPass pass_of(CeilingSample const& sample) { return {{sample}, "", ""}; }

CeilingSample reading(double seconds) { return {CeilingKind::read, 100.0, seconds, 100.0}; }

std::string reason_of(Reading<double> const& reading) { return std::get<Unknown>(reading).reason; }

TEST(Ceiling, IsOfAllRanksTogetherAndWaitsForTheSlowest) {
  Ceiling const ceiling =
      ceiling_of({{CeilingKind::kernel, 100.0, 1.0, 400.0}, {CeilingKind::kernel, 50.0, 2.0, 75.0}});
  EXPECT_DOUBLE_EQ(ceiling.amount(), 150.0);
  EXPECT_DOUBLE_EQ(ceiling.seconds(), 2.0);
  EXPECT_DOUBLE_EQ(ceiling.run_s(), 4.0) << "the first rank has four times as much to do in a run";
}

TEST(CeilingSeries, KeepsThePassWhoseSlowestRankWasFastest) {
  CeilingSeries series;
  series.add({pass_of(reading(0.3)), pass_of(reading(0.1))});
  EXPECT_TRUE(series.wants_more());
  series.add({pass_of(reading(0.2)), pass_of(reading(0.2))});
  EXPECT_TRUE(series.wants_more());
  series.add({pass_of(reading(0.1)), pass_of(reading(0.4))});
  EXPECT_FALSE(series.wants_more()) << "three passes are enough";
  Ceiling const& ceiling = series.ceilings().at(CeilingKind::read);
  EXPECT_DOUBLE_EQ(ceiling.seconds(), 0.2);
  EXPECT_EQ(ceiling.ranks.size(), 2U);
  EXPECT_EQ(ceiling.passes, 3);
}

TEST(CeilingSeries, LongPassIsNotRepeated) {
  CeilingSeries series;
  series.add({pass_of(reading(2.5))});
  EXPECT_FALSE(series.wants_more());
  EXPECT_EQ(series.ceilings().at(CeilingKind::read).passes, 1);
}

TEST(CeilingSeries, EachKindOfAPassHasItsOwnBest) {
  CeilingSeries series;
  series.add({{{{CeilingKind::kernel, 1.0, 0.5, 1.0}, {CeilingKind::copy_to_host, 1.0, 0.1, 1.0}}, "", ""}});
  series.add({{{{CeilingKind::kernel, 1.0, 0.4, 1.0}, {CeilingKind::copy_to_host, 1.0, 0.2, 1.0}}, "", ""}});
  EXPECT_DOUBLE_EQ(series.ceilings().at(CeilingKind::kernel).seconds(), 0.4);
  EXPECT_DOUBLE_EQ(series.ceilings().at(CeilingKind::copy_to_host).seconds(), 0.1);
}

TEST(CeilingSeries, ErrorOfOneRankEndsItWithoutFigures) {
  CeilingSeries series;
  series.add({pass_of(reading(0.1)), pass_of(reading(0.1)), pass_of(reading(0.1))});
  series.add({pass_of(reading(0.1)), {{}, "disk full", ""}, {{}, "another", ""}});
  EXPECT_EQ(series.error(), "rank 1: disk full");
  EXPECT_FALSE(series.wants_more());
  EXPECT_TRUE(series.ceilings().empty());
}

TEST(CeilingSeries, SignalOfOneRankEndsIt) {
  CeilingSeries series;
  series.add({pass_of(reading(0.1)), {{reading(0.1)}, "", "SIGINT"}});
  EXPECT_EQ(series.signal(), "SIGINT");
  EXPECT_FALSE(series.wants_more());
}

TEST(PointCeilings, ReadingAndWritingAddUpAndTheRestOverlaps) {
  PointCeilings ceilings = sample_ceilings();
  auto const by_kernel = std::get<Attainable>(ceilings.attainable());
  EXPECT_DOUBLE_EQ(by_kernel.seconds, 6.0);
  EXPECT_EQ(by_kernel.bottleneck, Bottleneck::compute);

  std::get<Ceiling>(ceilings.of[CeilingKind::write]).ranks[0].seconds = 5.5;
  auto const by_storage = std::get<Attainable>(ceilings.attainable());
  EXPECT_DOUBLE_EQ(by_storage.seconds, 6.5);
  EXPECT_EQ(by_storage.bottleneck, Bottleneck::storage_write) << "a faster kernel would change nothing";

  std::get<Ceiling>(ceilings.of[CeilingKind::write]).ranks[0].seconds = 7.0;
  EXPECT_EQ(std::get<Attainable>(ceilings.attainable()).bottleneck, Bottleneck::storage_write);
  std::get<Ceiling>(ceilings.of[CeilingKind::read]).ranks[0].seconds = 8.0;
  EXPECT_EQ(std::get<Attainable>(ceilings.attainable()).bottleneck, Bottleneck::storage_read);

  ceilings.of[CeilingKind::copy_to_device] = ceiling_of({{CeilingKind::copy_to_device, 1.0, 9.0, 1.0}});
  ceilings.of[CeilingKind::copy_to_host] = ceiling_of({{CeilingKind::copy_to_host, 1.0, 9.5, 1.0}});
  auto const by_copies = std::get<Attainable>(ceilings.attainable());
  EXPECT_DOUBLE_EQ(by_copies.seconds, 18.5);
  EXPECT_EQ(by_copies.bottleneck, Bottleneck::host_device_copy);
  EXPECT_EQ(to_string(by_copies.bottleneck), "host-device-copy");
}

TEST(PointCeilings, WithoutOneOfItsPartsTheBoundIsUnknown) {
  PointCeilings ceilings = sample_ceilings();
  ceilings.of[CeilingKind::write] = Unknown{"rank 0: disk full"};
  EXPECT_EQ(std::get<Unknown>(ceilings.attainable()).reason, "rank 0: disk full");
}

TEST(PointCeilings, WorkThatNoneOfThemCoversMakesTheBoundUnknown) {
  PointCeilings ceilings = sample_ceilings();
  ceilings.unknown_part = "decompression was not measured";
  EXPECT_EQ(std::get<Unknown>(ceilings.attainable()).reason, "decompression was not measured");
}

TEST(BusySeconds, AreThoseOfTheSlowestRank) {
  RankReport slow = sample_report(1);
  slow.outcome.phases.read_s = 0.5;
  slow.outcome.phases.write_s = 0.7;
  slow.outcome.phases.fsync_s = 0.2;
  slow.outcome.phases.kernel_s = 0.8;
  RunRecord const run = make_run_record(cpu_point(2, 1), {sample_report(0), slow}, asked_memory_bytes);
  EXPECT_DOUBLE_EQ(busy_s(run, CeilingKind::read).value(), 0.5);
  EXPECT_DOUBLE_EQ(busy_s(run, CeilingKind::write).value(), 0.9);
  EXPECT_DOUBLE_EQ(busy_s(run, CeilingKind::kernel).value(), 0.8);
  EXPECT_DOUBLE_EQ(busy_s(run, CeilingKind::copy_to_device).value(), 0.022);
  EXPECT_DOUBLE_EQ(busy_s(run, CeilingKind::copy_to_host).value(), 0.023);
  EXPECT_EQ(busy_s(run, CeilingKind::memory), std::nullopt);
}

TEST(AttainedFractions, AreSecondsOfTheCeilingOverThoseOfTheRuns) {
  PerCeiling<std::optional<double>> busy;
  busy[CeilingKind::read] = 2.0;
  busy[CeilingKind::write] = 2.5;
  busy[CeilingKind::kernel] = 8.0;
  AttainedFractions const fractions = attained_fractions(sample_ceilings(), busy, 12.0);
  EXPECT_DOUBLE_EQ(std::get<double>(fractions.of[CeilingKind::read]), 0.5);
  EXPECT_DOUBLE_EQ(std::get<double>(fractions.of[CeilingKind::write]), 0.8);
  EXPECT_DOUBLE_EQ(std::get<double>(fractions.of[CeilingKind::kernel]), 0.75);
  EXPECT_EQ(reason_of(fractions.of[CeilingKind::copy_to_host]), "kernels on CPUs work in host memory");
  EXPECT_DOUBLE_EQ(std::get<double>(fractions.whole), 0.5);
}

TEST(AttainedFractions, WithoutASuccessfulRunAreUnknown) {
  AttainedFractions const fractions = attained_fractions(sample_ceilings(), {}, std::nullopt);
  EXPECT_EQ(reason_of(fractions.whole), "no run was successful");
  EXPECT_EQ(reason_of(fractions.of[CeilingKind::read]), "no successful run tells how long it took");
}

}  // namespace
}  // namespace lauebench
