#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/launch.hpp"
#include "bench/node_staging.hpp"
#include "staging/file_lock.hpp"
#include "staging/output_folders.hpp"
#include "staging/replicas.hpp"
#include "staging/target_inspection.hpp"

/// What a launch asks of one of its staging folders, and what it holds there while it runs. Rank 0 does it for all
/// ranks where they share the folder; where each node has its own, the lowest rank of each node does it for that node.
namespace lauebench {

/// What the ranks of `node` need in `staging_dir`; without a node, all ranks together.
[[nodiscard]] StagingRequest staging_request(Launch const& launch, std::filesystem::path const& staging_dir,
                                             std::optional<int> node);

/// The node whose ranks' needs rank 0's folder has to meet in any case: its own one, as long as each of several nodes
/// may have a folder of its own; empty: those of all ranks.
[[nodiscard]] std::optional<int> least_staging_node(Launch const& launch);

/// Whether files beside the depth images are this rank's to lock.
enum class LaunchFiles : std::uint8_t { own, of_another_rank };

/// Removes a folder's replicas when it goes.
class ReplicaRemoval {
 public:
  explicit ReplicaRemoval(std::filesystem::path staging_dir) : staging_dir_(std::move(staging_dir)) {}
  ~ReplicaRemoval();
  ReplicaRemoval(ReplicaRemoval const&) = delete;
  ReplicaRemoval& operator=(ReplicaRemoval const&) = delete;

 private:
  std::filesystem::path staging_dir_;
};

/// Locks on a staging folder, results file, trace and telemetry file, the replicas, and the output folder of the runs.
class StagedLaunch {
 public:
  /// Looks at the target before it writes anything, then makes the staging folder and waits for the locks. Throws
  /// Error: bad_input for a target that cannot be used, is too small for what the ranks of `node` need (all ranks
  /// without it) or is held by another launch.
  StagedLaunch(Launch const& launch, std::filesystem::path staging_dir, std::optional<int> node, LaunchFiles files);

  /// Locks results file, trace and telemetry file where that is this rank's and their folder has come to be there only
  /// now.
  void lock_outputs(RunConfig const& config);

  /// Stages for the ranks of `node`, whose replicas go when this object does, or for all ranks. To be called once,
  /// before all that follows. Throws Error.
  void stage(Launch const& launch, FoundScope scope, std::optional<int> node);

  /// Takes in what another node staged.
  void add(NodeStaging other);

  /// With the replicas of all nodes on rank 0.
  [[nodiscard]] StagedTarget const& target() const { return *target_; }

  /// Deletes what was written so far. Throws Error.
  void clear_outputs();

  /// Makes the folder of the next run and in it those of the ranks that it has staged for; to be called when the
  /// outputs are cleared. Throws Error.
  void create_run(Launch const& launch, std::string const& run_id, GridPoint const& point);

 private:
  std::filesystem::path staging_dir_;
  LaunchFiles files_;
  std::optional<int> node_;  ///< whose ranks it has staged for; empty: all
  std::optional<FileLock> staging_lock_;
  std::optional<FileLock> results_lock_;
  std::vector<std::optional<FileLock>> side_locks_;
  std::unique_ptr<ReplicaRemoval> removal_;  ///< none where the replicas stay
  std::optional<StagedTarget> target_;
  std::optional<OutputFolders> outputs_;
};

}  // namespace lauebench
