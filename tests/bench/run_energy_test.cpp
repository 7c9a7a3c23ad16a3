#include "bench/run_energy.hpp"

#include <cmath>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::sample_gpu;
using test::sample_report;

NodeUse node(char const* host, Reading<double> joules, double seconds = 2.0) {
  NodeUse use;
  use.host = host;
  use.seconds = seconds;
  use.cpu_package_j = std::move(joules);
  return use;
}

RankReport on_gpu(int rank, std::string const& bus_id, double joules) {
  RankReport report = sample_report(rank);
  report.gpu = sample_gpu();
  report.gpu->pci_bus_id = bus_id;
  report.gpu->at_start.energy_j = 1000.0;
  report.gpu->at_end.energy_j = 1000.0 + joules;
  return report;
}

TEST(RunEnergy, OfACpuPointIsThatOfItsNodes) {
  std::vector const nodes{node("n0", 100.0), node("n1", 50.0, 2.5)};
  std::vector const ranks{sample_report(0), sample_report(1)};
  RunEnergy const energy = energy_of(Device::cpu, nodes, ranks);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.cpu_j), 150.0);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.total_j), 150.0);
  EXPECT_EQ(std::get<Unknown>(energy.gpu_j).reason, "a CPU point uses no GPU");
  EXPECT_DOUBLE_EQ(std::get<double>(energy.mean_w), 60.0);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.j_per_reconstruction), 75.0);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.nj_per_pixel_step),
                   150.0e9 / (2.0 * sample_report(0).outcome.pixel_steps()));
}

TEST(RunEnergy, CountsAGpuOnceHoweverManyRanksShareIt) {
  std::vector const nodes{node("node1", 100.0)};
  std::vector const ranks{on_gpu(0, "0000:01:00.0", 250.0), on_gpu(1, "0000:02:00.0", 150.0),
                          on_gpu(2, "0000:01:00.0", 251.0), on_gpu(3, "0000:02:00.0", 151.0)};
  RunEnergy const energy = energy_of(Device::gpu, nodes, ranks);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.gpu_j), 400.0);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.total_j), 500.0);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.j_per_reconstruction), 125.0);
}

TEST(RunEnergy, NodesOfOneNameHaveGpusOfTheirOwn) {
  std::vector const nodes{node("node1", 100.0), node("node1", 100.0)};
  std::vector ranks{on_gpu(0, "0000:01:00.0", 250.0), on_gpu(1, "0000:01:00.0", 150.0)};
  ranks[1].node_index = 1;
  EXPECT_DOUBLE_EQ(std::get<double>(energy_of(Device::gpu, nodes, ranks).gpu_j), 400.0);
}

TEST(RunEnergy, OneUnknownPartMakesTheTotalUnknown) {
  std::vector const nodes{node("n0", 100.0), node("n1", Unknown{"no powercap"})};
  std::vector const ranks{on_gpu(0, "0000:01:00.0", 250.0)};
  RunEnergy const energy = energy_of(Device::gpu, nodes, ranks);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.gpu_j), 250.0);
  for (auto const* const member :
       {&energy.cpu_j, &energy.total_j, &energy.mean_w, &energy.j_per_reconstruction, &energy.nj_per_pixel_step}) {
    EXPECT_EQ(std::get<Unknown>(*member).reason, "n1: no powercap");
  }
}

TEST(RunEnergy, FailedRunHasItsTotalButNoShare) {
  std::vector ranks{sample_report(0)};
  ranks[0].outcome.code = ReturnCode::wrong_result;
  RunEnergy const energy = energy_of(Device::cpu, std::vector{node("n0", 100.0)}, ranks);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.total_j), 100.0);
  EXPECT_EQ(std::get<Unknown>(energy.j_per_reconstruction).reason, "a rank failed");
}

TEST(RunEnergy, OfNoNodeIsNotZero) {
  RunEnergy const energy = energy_of(Device::cpu, {}, std::vector{sample_report(0)});
  EXPECT_EQ(std::get<Unknown>(energy.cpu_j).reason, "it was not measured");
}

TEST(MedianEnergy, IsThatOfTheRunsThatKnowIt) {
  std::vector<RunEnergy> runs(4);
  runs[0].total_j = 30.0;
  runs[2].total_j = 10.0;
  runs[3].total_j = 20.0;
  runs[0].gpu_j = Unknown{"a CPU point uses no GPU"};
  RunEnergy const energy = median_energy(runs);
  EXPECT_DOUBLE_EQ(std::get<double>(energy.total_j), 20.0);
  EXPECT_EQ(std::get<Unknown>(energy.gpu_j).reason, "a CPU point uses no GPU");
  EXPECT_EQ(std::get<Unknown>(median_energy({}).total_j).reason, "no run succeeded");
}

}  // namespace
}  // namespace lauebench
