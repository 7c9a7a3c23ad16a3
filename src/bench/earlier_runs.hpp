#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bench/output_verification.hpp"
#include "bench/run_record.hpp"
#include "config/config.hpp"
#include "plan/plan.hpp"
#include "staging/cache_control.hpp"

/// What a launch with --resume finds in its results file.
namespace lauebench {

/// A measured run that an earlier launch of the plan made, with success.
struct EarlierRun {
  std::string point_id;
  int target = 0;  ///< as GridPoint has it
  int run_index = 0;
  double total_wall_s = 0.0;
  double pixel_steps = 0.0;  ///< all ranks together
  CacheState cache = CacheState::unknown;
  std::vector<RunFlag> flags{};
  std::vector<int> ranks_on_nodes{};     ///< as GridPoint has it
  std::vector<DigestedImages> images{};  ///< of its ranks that have a digest
};

/// The launch that a file ends with, and those that it resumed.
struct EarlierRuns {
  std::string session_id;  ///< of the last of them
  std::string plan_id;
  std::uint64_t seed = 0;
  std::vector<EarlierRun> done;
  std::string geometry_checksum;            ///< of the last of them, as params has it
  std::set<std::string> replica_checksums;  ///< of the last of them, as staging has them
  std::string options;                      ///< of the last of them: its `params` record, JSON
  std::string program;                      ///< of the last of them: what it was built from and with, JSON
  int unreadable_lines = 0;                 ///< torn by an earlier crash, or foreign: what they told of is done again
};

/// What a launch with this configuration goes on with; empty without --resume, and where its results file does not
/// exist or holds no launch. Of a run that the file has twice, once. Throws Error: io_error when the file cannot be
/// read, bad_input when its newest launch has a schema of another major version or lacks what it must have.
[[nodiscard]] std::optional<EarlierRuns> runs_to_resume(RunConfig const& config);

/// Throws Error (bad_input) that names what differs unless the earlier launch had this plan, its runs had as many ranks
/// on each node, and none of them is beyond --runs. `config` with absolute paths, as launches record it.
void require_same_work(EarlierRuns const& earlier, RunConfig const& config, Plan const& plan);

/// Throws Error (bad_input) when geometry file or scans have another content than the earlier launch's had; with
/// different numbers of replicas, when the fewer ones are not among the others.
void require_same_content(EarlierRuns const& earlier, RunConfig const& config, std::string const& geometry_checksum,
                          std::set<std::string> const& replica_checksums);

}  // namespace lauebench
