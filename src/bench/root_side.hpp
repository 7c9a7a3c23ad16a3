#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/earlier_runs.hpp"
#include "bench/launch.hpp"
#include "bench/ledger.hpp"
#include "bench/output_verification.hpp"
#include "bench/run_schedule.hpp"
#include "bench/telemetry_writer.hpp"
#include "bench/trace_writer.hpp"
#include "staging/replicas.hpp"

namespace lauebench {

/// How a run came to its end.
enum class RunFate : std::uint8_t { done, cancelled_by_signal };

/// What rank 0 alone holds: everything that is written but depth images.
struct RootSide {
  /// Opens what is written. `targets` as the configuration names them, `launch` must outlive it, `launch_started_s` is
  /// its start (monotonic_s). Throws Error.
  RootSide(Launch const& launch, std::vector<StagedTarget> targets, double launch_started_s);

  /// What planned_run takes, as text; empty: every point is done.
  std::string next_run();

  /// Until the launch has to be over; infinite: never.
  [[nodiscard]] double seconds_left() const;

  /// Runs that the launch has to make, warm-ups included; with a target or a time, the most.
  [[nodiscard]] int runs_to_make() const { return runs_to_make_; }

  /// Whether ceilings, which take `seconds`, can be measured once more before another `runs_left` runs: there is the
  /// time, and nothing has ended the launch.
  [[nodiscard]] bool may_measure_again(double seconds, int runs_left) const;

  /// Seconds between two runs that belong to none.
  void leave_out(double seconds);

  /// A run that a signal cancelled is still to be made. A trace that cannot be written is given up with a warning: it
  /// is not worth a run.
  void add(RunIdentity const& identity, RunRecord const& record, RunFate fate);
  void finish_trace();

  /// What ranks are at from now on, for the telemetry file; empty: nothing.
  void set_running(std::string name);

  double started_s;                    ///< monotonic_s
  std::optional<EarlierRuns> earlier;  ///< none without --resume, or where there is nothing to go on with
  Ledger ledger;
  OutputVerification verification;
  RunSchedule schedule;
  std::optional<TraceWriter> trace;
  std::optional<TelemetryWriter> telemetry;

 private:
  void schedule_after(RunRecord const& record, RunFate fate);
  void write_trace(std::function<void()> const& write);

  AfterFailure after_failure_;
  int runs_to_make_;
  bool is_ended_by_failure_ = false;
};

}  // namespace lauebench
