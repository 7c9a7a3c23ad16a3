#pragma once

#include <optional>
#include <set>
#include <vector>

#include "bench/earlier_runs.hpp"
#include "bench/launch_deadlines.hpp"
#include "bench/stop_reason.hpp"
#include "plan/plan.hpp"

namespace lauebench {

struct StoppedPoint {
  int point = 0;  ///< index into Plan::points
  StopReason reason = StopReason::runs;
  /// From the beginning of its first measured run on, where --sustain asks for a time; empty also after failures alone.
  std::optional<double> sustained_s{};

  friend bool operator==(StoppedPoint const&, StoppedPoint const&) = default;
};

/// Where failures do not count towards a number of runs, a point ends whose runs fail so often in a row: what fails by
/// chance hardly does so, and what fails by the point itself (its memory) or from some moment on (a full disk, a
/// replica that was changed) would fail until --max-runs or --sustain ends it.
inline constexpr int most_failures_in_a_row = 3;

/// Which run of a plan comes next, and which points are done. It sees times and failures of the runs alone, has no
/// clock and talks to nobody: rank 0 asks it and tells the others.
///
/// Runs come in the plan's order without those of points that are done. One is begun only if it will end before the
/// deadline, where it is expected to take as long as the longest of its point so far, warm-ups included; before a
/// point's first run, as the longest of all. Its time is that from one call of next() to the following one: clearing,
/// digests and records included. A point whose next run would not fit is done, others that take less time go on. A
/// point that is sustained gets runs until the first of them began that long ago.
class RunSchedule {
 public:
  /// `plan` must outlive it. `earlier` runs are not made again, and count where the times of a point's runs decide how
  /// many are made.
  RunSchedule(Plan const& plan, LaunchDeadlines const& deadlines, std::vector<EarlierRun> const& earlier = {});

  /// What planned_run takes, `now_s` after the start of the launch; empty when every point is done. Each run that it
  /// returns is made, and told to finish() before the next call.
  [[nodiscard]] std::optional<int> next(double now_s);

  /// When the launch has to be over, seconds after its start; infinite: never.
  [[nodiscard]] double deadline_s() const { return deadline_.seconds; }

  /// What became of that run: total_wall_s, empty when it failed.
  void finish(std::optional<double> total_wall_s);

  /// Seconds since the last call of next() that were no part of its run.
  void leave_out(double seconds) { began_s_ += seconds; }

  /// How long `runs` more may take: each as the longest so far.
  [[nodiscard]] double most_seconds_of(int runs) const { return runs * longest_s_; }

  /// In the place of finish(): the run was cancelled before it was done. next() returns it again, whatever the time.
  void put_back();

  /// Something ended the launch: every point that is not done stops, `now_s` after the start of the launch.
  void stop_all(StopReason reason, double now_s);

  /// The points that have stopped since the last call, in that order; every point once.
  [[nodiscard]] std::vector<StoppedPoint> take_stopped();

 private:
  struct PointState {
    int most_runs = 0;  ///< measured
    int failed = 0;     ///< measured, as the next two
    int failed_in_a_row = 0;
    std::vector<double> total_wall_s{};
    std::set<int> earlier{};  ///< run_index of measured runs that are done
    std::optional<double> longest_s{};
    bool is_done = false;
  };

  PointState& state_of_run(int run);
  [[nodiscard]] bool is_earlier(PlannedRun const& run) const;
  void count(EarlierRun const& run);
  /// Why a point with these runs needs no more; empty: it does.
  [[nodiscard]] std::optional<StopReason> enough(PointState const& state) const;
  [[nodiscard]] bool has_run(int position) const;
  [[nodiscard]] bool is_sustained(double now_s) const;
  int begin(double now_s);
  [[nodiscard]] bool fits(PointState const& state, double now_s) const;
  void count_duration(double now_s);
  void stop(int point, StopReason reason, std::optional<double> now_s = {});

  Plan const& plan_;
  Deadline deadline_;
  std::vector<PointState> points_;
  std::vector<StoppedPoint> stopped_;
  std::optional<int> current_;  ///< the run under way, since began_s_
  std::optional<int> put_back_;
  std::optional<double> measuring_since_s_;
  double began_s_ = 0.0;
  double longest_s_ = 0.0;  ///< of all points
  int position_ = 0;        ///< in the order, as planned_run has it
};

}  // namespace lauebench
