#pragma once

#include <map>
#include <optional>
#include <vector>

#include "bench/ceilings.hpp"
#include "bench/earlier_runs.hpp"
#include "bench/run_record.hpp"
#include "bench/stop_reason.hpp"
#include "bench/stopping_rule.hpp"
#include "plan/plan.hpp"

namespace lauebench {

/// What a grid point's measured runs have shown so far.
class PointResult {
 public:
  /// `planned_runs` is empty where the runs themselves, or `sustain_s`, tell how many are made.
  PointResult(GridPoint point, std::optional<int> planned_runs, std::optional<double> sustain_s = {});

  /// In the order of execution, after those of earlier launches.
  void add(int run_index, RunRecord const& record);
  /// A run that an earlier launch of the plan made: it counts for all but energy, accuracy and ceilings.
  void add_earlier(EarlierRun const& run);
  /// `sustained_s` as StoppedPoint has it.
  void set_stopped(StopReason reason, std::optional<double> sustained_s = {}) {
    stopped_ = reason;
    sustained_s_ = sustained_s;
  }
  /// Those of the start are what runs are held against, the others tell how storage drifts.
  void add_ceilings(PointCeilings const& ceilings);

  [[nodiscard]] GridPoint const& point() const { return point_; }
  [[nodiscard]] std::optional<int> planned() const { return planned_; }
  [[nodiscard]] int failed() const { return failed_; }
  [[nodiscard]] int succeeded() const { return static_cast<int>(total_wall_s_.size()); }
  [[nodiscard]] int made() const { return succeeded() + failed_; }
  /// How many of those that succeeded are earlier launches'.
  [[nodiscard]] int resumed() const { return resumed_; }
  /// Why no more are made; empty: they are.
  [[nodiscard]] std::optional<StopReason> stopped() const { return stopped_; }

  /// How many of the runs, failed ones included, carry each flag; without those that none carries.
  [[nodiscard]] std::map<RunFlag, int> const& flags() const { return flags_; }

  /// How many of the runs, failed ones included, began in each state of the page cache.
  [[nodiscard]] std::map<CacheState, int> const& cache_states() const { return cache_states_; }

  /// Of total_wall_s over the successful runs; empty when there is none.
  [[nodiscard]] std::optional<SampleStatistics> statistics() const;

  /// run_index of the runs that are outliers by their total_wall_s, as stopping_rule has it, the next two as well.
  [[nodiscard]] std::optional<std::vector<int>> outliers() const;
  /// Whether run 0 is slow; empty also when that one failed.
  [[nodiscard]] std::optional<bool> is_first_slow() const;
  /// Of a point that was to be sustained; empty for others and below least_values_for_sustained.
  [[nodiscard]] std::optional<SustainedTimes> sustained() const;
  [[nodiscard]] std::optional<double> sustain_s() const { return sustain_s_; }
  /// How long it was repeated; empty until it has stopped.
  [[nodiscard]] std::optional<double> sustained_s() const { return sustained_s_; }
  /// A log ratio.
  [[nodiscard]] std::optional<double> noise_floor() const;

  /// At the median time; empty without a successful run.
  [[nodiscard]] std::optional<double> throughput_per_min() const;
  [[nodiscard]] std::optional<double> pixel_steps_per_s() const;

  /// Against the scan's own truth, each once: successful runs differ in it only where ranks have other scans or
  /// modules. Empty where it is not known.
  [[nodiscard]] std::vector<DepthAccuracy> const& accuracies() const { return accuracies_; }

  /// Medians over the successful runs.
  [[nodiscard]] RunEnergy energy() const { return median_energy(energies_); }

  /// Of the start; empty where none were asked for.
  [[nodiscard]] std::optional<PointCeilings> const& ceilings() const { return ceilings_; }
  /// All ranks together, bytes/s, at those moments at which it was measured.
  [[nodiscard]] std::vector<double> const& ceiling_rates(CeilingKind kind) const { return ceiling_rates_[kind]; }
  /// What the successful runs made of the ceilings; without ceilings it is empty too.
  [[nodiscard]] std::optional<AttainedFractions> attained() const;

 private:
  GridPoint point_;
  std::optional<int> planned_;
  std::optional<double> sustain_s_;
  std::optional<double> sustained_s_;
  std::optional<StopReason> stopped_;
  int failed_ = 0;
  int resumed_ = 0;
  double pixel_steps_ = 0.0;  ///< of one run, all ranks together
  std::vector<double> total_wall_s_;
  std::vector<int> run_indices_;  ///< of these
  std::vector<DepthAccuracy> accuracies_;
  std::vector<RunEnergy> energies_;
  std::map<RunFlag, int> flags_;
  std::map<CacheState, int> cache_states_;
  PerCeiling<std::vector<double>> busy_s_;  ///< of the slowest rank of each run
  std::optional<PointCeilings> ceilings_;
  PerCeiling<std::vector<double>> ceiling_rates_;
};

/// One PointResult for each point of the plan, in the plan's order.
[[nodiscard]] std::vector<PointResult> empty_results(Plan const& plan);

}  // namespace lauebench
