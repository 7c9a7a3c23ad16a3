#pragma once

#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/launch.hpp"
#include "bench/point_result.hpp"
#include "bench/progress.hpp"
#include "bench/records_json.hpp"
#include "bench/results_writer.hpp"
#include "bench/run_schedule.hpp"
#include "staging/replicas.hpp"

namespace lauebench {

/// Rank 0's account of a launch: writes its records as they come about, shows progress, and knows at the end how it
/// went. One thread makes the calls, beside it another one those that say last words. A record that cannot be written
/// goes to stderr as a line that can be appended by hand, before the error is thrown.
class Ledger {
 public:
  /// Opens the results file and writes `params`, a `staging` record for each target, and the `skip` records.
  /// `started_s` is when the launch began (monotonic_s). `launch` must outlive the ledger. Throws Error.
  Ledger(Launch const& launch, std::vector<StagedTarget> targets, double started_s, EarlierRuns const& earlier = {});

  /// Writes the record of what the plan's point number `point` can attain at this moment of the launch. Throws Error
  /// (io_error).
  void add_ceilings(int point, PointCeilings const& ceilings);

  /// Writes the record of the launch's next run, and the summaries of the points that stopped with it. Throws Error
  /// (io_error) when the disk is full.
  void add(RunIdentity const& identity, RunRecord const& record, std::span<StoppedPoint const> stopped);

  /// Writes the summaries of points that stopped for another reason. Throws Error (io_error).
  void finish_points(std::span<StoppedPoint const> stopped);

  /// What the nodes' clocks showed by now, for `end`.
  void set_clocks(std::vector<NodeClock> clocks);

  /// How a depth image in target number `target` lies on servers, for `end`.
  void set_output_stripe(int target, StripeReading stripe);
  [[nodiscard]] bool has_output_stripe(int target) const;

  /// Seconds between runs that are not to be expected between later ones.
  void leave_out(double seconds);

  /// Counts time that deleting the depth images of earlier runs took.
  void add_clearing(double seconds);

  /// Writes `end` for a launch that nothing but a lack of time ended early. Throws Error (io_error).
  void end();

  /// Writes the summaries of the points that had not stopped yet, and `end`, for a launch that `error` ended. Throws
  /// Error (io_error).
  void end_failed(std::string const& error);

  /// Writes `end` for a launch that a signal ended before all its runs were done. Throws Error (io_error).
  void end_interrupted(std::string const& signal);

  /// Writes summaries and `end` as if `signal` had ended the launch now. What comes after it, a run that is finished
  /// after all, is written nonetheless, and another `end` behind it. Nothing when the file itself keeps the other
  /// thread.
  void say_last_words(std::string const& signal);

  /// The same as if `error` had ended the launch now, which is about to end.
  void say_last_words_of_failure(std::string const& error);

  /// Complete, or why not, if nothing else happens.
  [[nodiscard]] LaunchStatus status() const;
  [[nodiscard]] std::vector<PointResult> const& results() const { return results_; }
  [[nodiscard]] std::vector<StagedTarget> const& targets() const { return targets_; }

 private:
  void write(Json const& record);
  void append(Json const& record);
  void write_summaries(std::span<StoppedPoint const> stopped);
  /// Of the points that have not stopped yet, as far as the file takes them.
  void stop_all_points(StopReason reason);
  void append_interrupted_end(std::string const& signal);
  void append_failed_end(std::string const& error);
  [[nodiscard]] std::unique_lock<std::timed_mutex> lock_for_last_words();
  void append_end(LaunchEnd end);
  [[nodiscard]] RecordStamp stamp() const;
  [[nodiscard]] std::string staging_dir_of(GridPoint const& point) const;
  /// Warm-ups included; empty where the runs themselves tell how many are made.
  [[nodiscard]] std::optional<int> runs_planned() const;
  /// Why points were stopped for a lack of time; empty: none was.
  [[nodiscard]] std::optional<StopReason> lack_of_time() const;
  void show_progress(RunIdentity const& identity, RunRecord const& record);

  Launch const& launch_;
  ResultsWriter writer_;
  Progress progress_;
  std::vector<PointResult> results_;
  std::vector<StagedTarget> targets_;
  double started_s_ = 0.0;
  double staged_s_ = 0.0;
  double runs_begin_s_ = 0.0;  ///< staged, and ceilings measured
  double clearing_s_ = 0.0;
  std::vector<std::optional<StripeReading>> output_stripes_;  ///< by target; empty: no run was made there
  std::vector<NodeClock> clocks_;                             ///< none before the first run
  int runs_succeeded_ = 0;
  int runs_failed_ = 0;
  int runs_resumed_ = 0;
  bool is_told_ = false;                        ///< `end` is the last record
  std::vector<std::optional<int>> summarised_;  ///< runs made of each point when its summary was written
  std::timed_mutex mutex_;
};

/// The style of progress that suits this launch and this process's stderr.
[[nodiscard]] ProgressStyle progress_style(RunConfig const& config);

}  // namespace lauebench
