#pragma once

#include <optional>

#include "bench/launch.hpp"
#include "staging/file_lock.hpp"
#include "staging/output_folders.hpp"
#include "staging/replicas.hpp"
#include "staging/target_inspection.hpp"

/// Rank 0's side of staging: what a launch asks of its target, and what it holds there while it runs.
namespace lauebench {

[[nodiscard]] StagingRequest staging_request(Launch const& launch);

/// Locks on staging folder, results file and trace, the replicas, and the output folder of the runs.
class StagedLaunch {
 public:
  /// Looks at the target before it writes anything, then makes the staging folder and waits for the locks. Throws
  /// Error: bad_input for a target that cannot be used, is too small or is held by another launch.
  explicit StagedLaunch(Launch const& launch);

  /// To be called once, before all that follows. Throws Error.
  void stage(Launch const& launch, FoundScope scope);

  [[nodiscard]] StagedTarget const& target() const { return *target_; }
  [[nodiscard]] LockState lock() const { return staging_lock_->state(); }

  /// Deletes what was written so far. Throws Error.
  void clear_outputs();

  /// Makes the folders of the next run and returns the run's; to be called when the outputs are cleared. Throws Error.
  [[nodiscard]] std::filesystem::path create_run(std::string const& run_id, int parallel);

 private:
  void lock_outputs(RunConfig const& config);

  std::optional<FileLock> staging_lock_;
  std::optional<FileLock> results_lock_;
  std::optional<FileLock> trace_lock_;  ///< none without a trace
  std::optional<StagedTarget> target_;
  std::optional<OutputFolders> outputs_;
};

}  // namespace lauebench
