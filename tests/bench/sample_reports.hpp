#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/rank_report.hpp"
#include "plan/plan.hpp"

namespace lauebench::test {

/// A report with another value in every member, so that an exchange of two members shows.
inline RankReport sample_report(int rank, double start_s = 0.0, double end_s = 2.0) {
  RankReport report;
  report.rank = rank;
  report.replica = rank;
  report.host = "node1";
  report.cores.cpus = {0, 1};
  RankOutcome& outcome = report.outcome;
  outcome.start_s = start_s;
  outcome.end_s = end_s;
  outcome.elapsed_s = end_s - start_s;
  outcome.phases = {0.011, 0.012, 0.013, 0.014, 0.015, 0.016, 0.017, 0.018, 0.019, 0.020, 0.0205, 0.021, 0.022, 0.023};
  outcome.io = {1000, 500, 41};
  outcome.memory = {std::uint64_t{8192} << 20U, 31, 32, 34, 35, 36, 33, true};
  outcome.stripes = 3;
  outcome.rows_per_stripe = 20;
  outcome.threads_asked = 2;
  outcome.threads_counted = 2;
  outcome.cutoff = 1.5;
  outcome.images = 61;
  outcome.rows = 48;
  outcome.columns = 64;
  outcome.depths = 41;
  outcome.backend = "openmp";
  outcome.architecture = "x86-64-v3";
  outcome.output_type = "uint16";
  outcome.read_path = "chunks";
  outcome.write_path = "hdf5";
  report.cache = {CacheState::warm, "", 1.0, "", 1, 78};
  report.usage = {0.031, 0.032, 33, 34, 35, 36, 37, 38, 39, std::nullopt};
  report.digest = "000102030405060708090a0b0c0d0e0f";
  report.digest_s = 0.024;
  report.digest_resident = 0.005;
  report.read_back_s = 0.75;
  report.accuracy = DepthAccuracy{0.041, 0.042, 0.043, 11, 2, 1};
  return report;
}

/// GPU 1 of its node, that took 250 J.
inline GpuUse sample_gpu() {
  GpuUse gpu;
  gpu.index = 1;
  gpu.uuid = "GPU-5ee3f5f9";
  gpu.pci_bus_id = "0000:C1:00.0";
  gpu.visible = 4;
  gpu.sharers = 2;
  gpu.at_start = {1000.0, 70.0, std::uint64_t{1} << 30U, 345.0, 2619.0, 35.0, std::vector<std::string>{"gpu_idle"}};
  gpu.at_end = {1250.0, 400.0, std::uint64_t{2} << 30U, 1980.0, 2619.0, 61.0, Unknown{"Not Supported"}};
  gpu.peak_memory_used_bytes = std::uint64_t{3} << 30U;
  return gpu;
}

inline GridPoint cpu_point(int parallel, int threads) {
  return {.id = "cpu-p" + std::to_string(parallel) + "-t" + std::to_string(threads),
          .parallel = parallel,
          .threads = threads,
          .ranks_on_nodes = {parallel}};
}

inline constexpr std::uint64_t asked_memory_bytes = std::uint64_t{8192} << 20U;

}  // namespace lauebench::test
