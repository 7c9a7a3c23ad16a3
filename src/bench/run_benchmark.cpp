#include "bench/run_benchmark.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/before_run.hpp"
#include "bench/dry_run.hpp"
#include "bench/interruption.hpp"
#include "bench/launch.hpp"
#include "bench/ledger.hpp"
#include "bench/log.hpp"
#include "bench/measure_ceilings.hpp"
#include "bench/outcome_json.hpp"
#include "bench/output_verification.hpp"
#include "bench/rank_run.hpp"
#include "bench/result_table.hpp"
#include "bench/run_schedule.hpp"
#include "bench/staged_launch.hpp"
#include "bench/trace_writer.hpp"
#include "cluster/monotonic_clock.hpp"
#include "cluster/start_line.hpp"
#include "config/parse_number.hpp"
#include "config/say.hpp"
#include "staging/cache_control.hpp"
#include "staging/own_names.hpp"

namespace lauebench {
namespace {

constexpr char const* yes = "yes";

/// As shells have it for a process that SIGINT ended.
constexpr int interrupted_status = 130;

/// What rank 0 alone holds: everything that is written but depth images.
struct RootSide {
  RootSide(Launch const& launch, double launch_started_s)
      : started_s(launch_started_s),
        staged(launch),
        ledger(launch, staged.target(), staged.lock(), started_s),
        verification(launch.config.h5, launch.golden_digests),
        schedule(launch.plan, deadlines_of(launch.config, environment_variable, std::chrono::system_clock::now(),
                                           monotonic_s() - started_s)) {
    if (!launch.config.trace.empty()) {
      trace.emplace(launch.config.trace, launch.site.nodes, launch.session_id, started_s);
    }
  }

  void clear_outputs() {
    double const start_s = monotonic_s();
    staged.clear_outputs();
    ledger.add_clearing(monotonic_s() - start_s);
  }

  /// Deletes the depth images of the run before and makes the folders of the next one; returns the run's folder.
  std::filesystem::path prepare_run(std::string const& run_id, int parallel) {
    clear_outputs();
    return staged.create_run(run_id, parallel);
  }

  /// What planned_run takes, as text; empty: every point is done.
  std::string next_run() {
    std::optional<int> const run = schedule.next(monotonic_s() - started_s);
    ledger.finish_points(schedule.take_stopped());
    return run ? std::to_string(*run) : std::string();
  }

  void add(RunIdentity const& identity, RunRecord const& record) {
    schedule.finish(record.success ? std::optional(record.total_wall_s) : std::nullopt);
    ledger.add(identity, record, schedule.take_stopped());
  }

  double started_s;  ///< monotonic_s
  StagedLaunch staged;
  Ledger ledger;
  OutputVerification verification;
  RunSchedule schedule;
  std::optional<TraceWriter> trace;
};

/// All that a run needs but its ranks.
struct PreparedRun {
  RunIdentity identity;  ///< without run_id but on rank 0
  std::filesystem::path folder;
  NodePreparation nodes;
};

/// The grid, run by run, on all ranks; `root` is there on rank 0 alone.
class RunLoop {
 public:
  RunLoop(Launch const& launch, Communicator& ranks, std::optional<RootSide>& root)
      : launch_(launch),
        ranks_(ranks),
        root_(root),
        line_(ranks, launch.site.nodes),
        replica_state_(state_of(replica_path(ranks.rank()))),
        cache_(launch.config.cache, replica_path(ranks.rank())),
        truth_(replica_path(ranks.rank()), launch.config.reconstruction) {}

  /// Returns the signal that ended it before all runs were done; empty when all were. The same on every rank.
  std::string run_all() {
    std::string signal = measure_all_ceilings();
    std::optional<int> next = choose_run();
    for (int order_index = 0; next && signal.empty(); ++order_index) {
      PreparedRun const prepared = prepare(planned_run(launch_.plan, *next), order_index);
      if (!prepared.nodes.signal.empty()) {
        return prepared.nodes.signal;  // what it was prepared for has not begun
      }
      signal = run(prepared);
      next = choose_run();
    }
    return next ? signal : std::string();
  }

 private:
  /// Before the first run, point after point, so that no run pays for it. Returns a signal as run_all.
  std::string measure_all_ceilings() {
    std::string signal;
    if (launch_.config.ceilings == CeilingMeasurement::off) {
      return signal;
    }
    int const points = static_cast<int>(launch_.plan.points.size());
    for (int point = 0; point < points && signal.empty(); ++point) {
      signal = measure_ceilings_of(point);
    }
    static_cast<void>(on_root(ranks_, [this] {
      root_->clear_outputs();
      return std::string();
    }));
    return signal;
  }

  /// A point that a signal left half measured has no record.
  std::string measure_ceilings_of(int index) {
    GridPoint const& point = launch_.plan.points[static_cast<std::size_t>(index)];
    std::filesystem::path const folder = on_root(ranks_, [this, &point, index] {
      return root_->prepare_run(make_run_id("ceilings", index), point.parallel).string();
    });
    MeasuredCeilings measured = measure_ceilings(rank_run(point, folder), launch_, line_);
    return on_root(ranks_, [this, index, &measured] {
      if (measured.signal.empty()) {
        root_->ledger.add_ceilings(index, std::move(measured.ceilings));
      }
      return measured.signal;
    });
  }

  /// What planned_run takes, as rank 0 decides; the same on every rank. Empty: every point is done.
  std::optional<int> choose_run() {
    std::string const told = on_root(ranks_, [this] { return root_->next_run(); });
    return told.empty() ? std::nullopt : std::optional(parse_number<int>(told).value);
  }

  /// Outputs are cleared, folders made, and the nodes made ready.
  PreparedRun prepare(PlannedRun const& planned, int order_index) {
    GridPoint const& point = launch_.plan.points[static_cast<std::size_t>(planned.point)];
    PreparedRun prepared{{launch_.config.staging_dir.string(), {}, point, planned, order_index}, {}, {}};
    prepared.folder = on_root(ranks_, [this, &identity = prepared.identity] {
      identity.run_id = make_run_id(utc_label(std::chrono::system_clock::now()), identity.order_index);
      return root_->prepare_run(identity.run_id, identity.point.parallel).string();
    });
    prepared.nodes = prepare_nodes(launch_.config.before_run, ranks_, launch_.site.nodes);
    return prepared;
  }

  /// Returns the signal that a rank has caught by now, the same on every rank; empty: none has.
  std::string run(PreparedRun const& prepared) {
    RankRun const mine = rank_run(prepared.identity.point, prepared.folder);
    std::vector<std::string> const messages = ranks_.gather(take_part(mine, launch_, line_, cache_, truth_));
    std::vector<std::string> const signals = ranks_.gather(caught_signal_name());
    return on_root(ranks_, [this, &prepared, &messages, &signals] {
      record(prepared, messages);
      return first_signal(signals);
    });
  }

  RankRun rank_run(GridPoint const& point, std::filesystem::path const& run_folder) const {
    int const rank = ranks_.rank();
    if (rank >= point.parallel) {
      return {point, {}, {}, {}};
    }
    return {point, replica_path(rank), replica_state_, rank_folder(run_folder, rank) / "out"};
  }

  std::filesystem::path replica_path(int rank) const {
    auto const& scans = launch_.config.h5;
    return launch_.config.staging_dir / input_folder_name /
           replica_name(scans[scan_of_replica(rank, scans.size())], rank);
  }

  void record(PreparedRun const& prepared, std::vector<std::string> const& messages) {
    RunIdentity const& identity = prepared.identity;
    std::vector<RankReport> reports;
    reports.reserve(static_cast<std::size_t>(identity.point.parallel));
    for (int rank = 0; rank < identity.point.parallel; ++rank) {
      reports.push_back(rank_report_from_message(messages[static_cast<std::size_t>(rank)]));
    }
    root_->verification.check(reports, identity.point.precision);
    RunRecord run = make_run_record(identity.point, std::move(reports), asked_memory_bytes(launch_.config));
    add_preparation(run, launch_.config.cache, prepared.nodes.nodes);
    root_->ledger.set_clocks(line_.clocks().of_nodes());
    root_->add(identity, run);
    if (root_->trace) {
      root_->trace->add(identity, run);
    }
  }

  Launch const& launch_;
  Communicator& ranks_;
  std::optional<RootSide>& root_;
  StartLine line_;
  FileState replica_state_;  ///< of this rank's, after staging and before the first run
  CacheControl cache_;       ///< of this rank's replica
  TruthJudge truth_;         ///< of this rank's depth images
};

void print_dry_run(Launch const& launch, Communicator& ranks) {
  static_cast<void>(on_root(ranks, [&launch, &ranks] {
    TargetInspection const target = inspect_target(staging_request(launch));
    say(stdout, dry_run_text(launch, target, ranks.size()));
    return std::string();
  }));
}

void print_results(Launch const& launch, Ledger const& ledger) {
  if (launch.config.verbose >= 1) {
    say(stdout, fmt::format("{}results: {}\n", result_table(ledger.results(), launch.plan.skipped),
                            launch.config.results.string()));
  }
}

/// `signal` is what ended the launch before its last run; empty: nothing did.
void end_in_order(Launch const& launch, RootSide& root, std::string const& signal) {
  Ledger& ledger = root.ledger;
  if (signal.empty()) {
    ledger.end("");
    if (ledger.status() == LaunchStatus::interrupted) {
      spdlog::error("some points have not run (lack of time, see below): give the launch more, or fewer points");
    }
  } else {
    root.schedule.interrupt();
    ledger.finish_points(root.schedule.take_stopped());
    ledger.end_interrupted(signal);
    spdlog::warn("{} ended the launch before its last run", signal);
  }
  print_results(launch, ledger);
}

/// After an error: `end` says so if the results file can still be written, and the table shows what there is.
void end_early(Launch const& launch, Ledger& ledger, Error const& reason) {
  try {
    ledger.end(reason.what());
  } catch (Error const& problem) {
    spdlog::warn("no end record could be written: {}", problem.what());
  }
  print_results(launch, ledger);
  spdlog::error("{}", reason.what());
}

}  // namespace

int run_benchmark(RunConfig const& config, Communicator& ranks, std::vector<std::string> command_line) {
  double const started_s = monotonic_s();
  Speaker const speaker = ranks.is_root() ? Speaker::root : Speaker::other_rank;
  set_up_logging(config.verbose, speaker, progress_style(config));
  Launch const launch = prepare_launch(config, ranks, std::move(command_line));
  if (config.dry_run == DryRun::yes) {
    print_dry_run(launch, ranks);
    return 0;
  }
  std::optional<RootSide> root;
  static_cast<void>(on_root(ranks, [&root, &launch, started_s] {
    root.emplace(launch, started_s);
    return std::string();
  }));
  Interruption const interruption(speaker);
  try {
    std::string const signal = RunLoop(launch, ranks, root).run_all();
    std::string const is_complete = on_root(ranks, [&root, &launch, &signal] {
      if (root->trace) {
        root->trace->finish();
      }
      end_in_order(launch, *root, signal);
      return std::string(root->ledger.status() == LaunchStatus::complete ? yes : "no");
    });
    if (!signal.empty()) {
      return interrupted_status;
    }
    return is_complete == yes ? 0 : 1;
  } catch (AgreedError const& error) {
    if (root) {
      end_early(launch, root->ledger, error);
    }
    return 1;
  }
}

}  // namespace lauebench
