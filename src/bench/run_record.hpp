#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bench/before_run.hpp"
#include "bench/node_meter.hpp"
#include "bench/rank_report.hpp"
#include "bench/run_cache.hpp"
#include "bench/run_energy.hpp"
#include "plan/plan.hpp"

namespace lauebench {

/// What a reader should know before trusting a run; the closed list of the schema.
enum class RunFlag : std::uint8_t {
  start_skew,                ///< first starts lie further apart than 1 % of the run
  threads_fewer_than_asked,  ///< fewer threads ran inside the kernel than the point says
  affinity_not_widened,      ///< a rank may not use all cores that the launcher gave its node's ranks
  not_bound,                 ///< a rank could not be bound to its share of its node's cores
  oversubscribed,            ///< more threads than cores on a node
  memory_limit_lowered,      ///< less memory in effect than the limit, which then is the standard one
  empty_images,              ///< a rank's depth images hold nothing: the kernel had next to nothing to do
  cache_not_warm,            ///< --cache warm, and not every rank's replica is known to have been in memory
  cache_not_cold,            ///< --cache cold, and not every rank's replica is known to have been on disk alone
  before_run_failed,         ///< the command of --before-run failed on a node
  gpu_needlessly_shared,     ///< ranks of a node compute on one GPU while they see another that nobody uses
};

[[nodiscard]] std::string_view to_string(RunFlag flag);

/// What a flag means, for people, in a few words.
[[nodiscard]] std::string_view meaning(RunFlag flag);

/// Reconstructions per minute of `parallel` at a time that took `seconds`.
[[nodiscard]] constexpr double throughput_per_min(int parallel, double seconds) { return 60.0 * parallel / seconds; }

/// What a run achieved; of successful runs only.
struct RunRates {
  double throughput_per_min = 0.0;  ///< of total_wall_s
  double pixel_steps_per_s = 0.0;   ///< of all ranks together, as the next two
  double depth_voxels_per_s = 0.0;
  double bytes_per_s = 0.0;  ///< read and written
};

/// All ranks of one run.
struct RunRecord {
  std::vector<RankReport> ranks;    ///< in the order of i, the reconstruction's number within the run
  double total_wall_s = 0.0;        ///< last end minus first start
  double start_skew_s = 0.0;        ///< last start minus first start
  std::optional<double> imbalance;  ///< slowest / mean elapsed; empty when nothing took time
  std::optional<RunRates> rates;    ///< empty when a rank failed
  bool success = false;
  RunCache cache;                     ///< as add_preparation has it, as the next
  std::vector<BeforeRun> before_run;  ///< a node each; empty without --before-run
  std::vector<RunFlag> flags;
  std::vector<NodeUse> nodes;  ///< with ranks in the run
  RunEnergy energy;
};

/// Brings the ranks' reports of one run of `point` together. `asked_memory_bytes` is --memory-limit-mb in bytes.
/// `reports` is not empty.
[[nodiscard]] RunRecord make_run_record(GridPoint const& point, std::vector<RankReport> reports,
                                        std::uint64_t asked_memory_bytes);

/// Says how the run was prepared: what --cache came to, and --before-run.
void add_preparation(RunRecord& record, CachePolicy asked, std::vector<BeforeRun> before_run);

}  // namespace lauebench
