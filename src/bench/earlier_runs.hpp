#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/run_record.hpp"
#include "config/config.hpp"
#include "plan/plan.hpp"
#include "staging/cache_control.hpp"

/// What a launch with --resume finds in its results file.
namespace lauebench {

/// A measured run that an earlier launch of the plan made, with success.
struct EarlierRun {
  std::string point_id;
  int run_index = 0;
  double total_wall_s = 0.0;
  double pixel_steps = 0.0;  ///< all ranks together
  CacheState cache = CacheState::unknown;
  std::vector<RunFlag> flags;
};

/// The launch that a file ends with, and those that it resumed.
struct EarlierRuns {
  std::string session_id;  ///< of the last of them
  std::string plan_id;
  std::uint64_t seed = 0;
  std::vector<EarlierRun> done;
  std::string options;  ///< of the last of them: its `params` record, JSON
};

/// Reads `results`; empty when it does not exist or holds no launch. A line that is torn or foreign counts for nothing:
/// what it told of is done again. Throws Error: io_error when the file cannot be read, bad_input when its newest launch
/// has a schema of another major version.
[[nodiscard]] std::optional<EarlierRuns> read_earlier_runs(std::filesystem::path const& results);

/// Throws Error (bad_input) that names what differs unless the earlier launch had this plan. `config` with absolute
/// paths, as launches record it.
void require_same_plan(EarlierRuns const& earlier, RunConfig const& config, Plan const& plan,
                       std::filesystem::path const& results);

}  // namespace lauebench
