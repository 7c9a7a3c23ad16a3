#include "bench/run_loop.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/before_run.hpp"
#include "bench/interruption.hpp"
#include "bench/measure_ceilings.hpp"
#include "bench/outcome_json.hpp"
#include "bench/rank_binding.hpp"
#include "bench/rank_run.hpp"
#include "bench/run_limits.hpp"
#include "cluster/monotonic_clock.hpp"
#include "cluster/start_line.hpp"
#include "config/parse_number.hpp"
#include "staging/cache_control.hpp"
#include "staging/output_folders.hpp"
#include "staging/own_names.hpp"
#include "staging/stripe_layout.hpp"

namespace lauebench {
namespace {

/// All that a run needs but its ranks.
struct PreparedRun {
  RunIdentity identity;
  std::filesystem::path folder;
  std::optional<Error> obstacle;  ///< why it is not there, or not as it should be, where this rank writes
  NodePreparation nodes;
};

/// Which replica `rank` reads; empty for one that no point uses.
std::optional<int> replica_number(Launch const& launch, int rank) {
  return launch.site.nodes.index_in_lowest(rank, launch.plan.readers_on_nodes);
}

std::filesystem::path replica_of(Launch const& launch, int rank) {
  std::optional<int> const number = replica_number(launch, rank);
  auto const& scans = launch.config.h5;
  return number ? launch.config.staging_dir / input_folder_name /
                      replica_name(scans[scan_of_replica(*number, scans.size())], *number)
                : std::filesystem::path();
}

/// The replica of this rank as staging proved it; without a path for a rank that has none.
ProvenReplica own_replica(Launch const& launch, Communicator& ranks, LaunchStaging const& staging) {
  std::istringstream proofs(on_root(ranks, [&staging] {
    std::string all;
    for (Replica const& replica : staging.folder->target().replicas) {
      FileState const& state = replica.state;
      all += fmt::format("{} {} {} {} {} ", replica.checksum, state.bytes, state.mtime_ns, state.ctime_ns, state.inode);
    }
    return all;
  }));
  std::string checksum;
  FileState state;
  for (int number = replica_number(launch, ranks.rank()).value_or(-1); number >= 0; --number) {
    proofs >> checksum >> state.bytes >> state.mtime_ns >> state.ctime_ns >> state.inode;
  }
  return {replica_of(launch, ranks.rank()), std::move(checksum), state};
}

/// Of the first depth image that is found in a rank's folder.
StripeReading written_stripe(std::filesystem::path const& folder, std::string const& type) {
  std::error_code unreadable;
  std::filesystem::directory_iterator entry(folder, unreadable);
  for (; !unreadable && entry != std::filesystem::directory_iterator(); entry.increment(unreadable)) {
    if (entry->path().extension() == ".h5") {
      return read_stripe_layout(LayoutOf::file, entry->path(), type);
    }
  }
  return {std::nullopt, "there is no depth image"};
}

bool is_cancelled(RunRecord const& run) {
  return std::ranges::any_of(run.ranks,
                             [](RankReport const& report) { return report.outcome.code == ReturnCode::cancelled; });
}

/// The grid, run by run, on all ranks; `root` is there on rank 0 alone.
class RunLoop {
 public:
  RunLoop(Launch const& launch, Communicator& ranks, LaunchStaging& staging, std::optional<RootSide>& root)
      : launch_(launch),
        ranks_(ranks),
        staging_(staging),
        root_(root),
        line_(ranks, launch.site.nodes),
        replica_(own_replica(launch, ranks, staging)),
        binding_(launch.config.bind, launch.site, ranks.rank()),
        cache_(launch.config.cache, replica_.path(), warming_cancellation()),
        truth_(replica_.path(), launch.config.reconstruction) {}

  /// Returns the signal that ended it before all runs were done; empty when all were. The same on every rank.
  std::string run_all() {
    std::string signal = measure_all_ceilings();
    std::optional<int> next = choose_run();
    for (int order_index = 0; next && signal.empty(); ++order_index) {
      PlannedRun const planned = planned_run(launch_.plan, *next);
      double const end_s = monotonic_s() + seconds_left();
      LimitedWaits const until_the_end(ranks_, limit_outside_runs(planned, end_s));
      PreparedRun const prepared = prepare(planned, order_index, end_s);
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
    // the first run does it again, and fails where it cannot be done
    static_cast<void>(try_in_folders([this] { clear_outputs(); }));
    return signal;
  }

  /// A point that a signal left half measured has no record.
  std::string measure_ceilings_of(int index) {
    GridPoint const& point = launch_.plan.points[static_cast<std::size_t>(index)];
    std::string const run_id = make_run_id("ceilings", index);
    auto const obstacles = try_in_folders([this, &point, &run_id] { make_run_folder(point, run_id); });
    auto const obstacle = std::ranges::find_if(obstacles, [](auto const& problem) { return problem.has_value(); });
    MeasuredCeilings measured;
    if (obstacle != obstacles.end()) {
      measured.ceilings.of = PerCeiling(Reading<Ceiling>(Unknown{(*obstacle)->what()}));
      measured.signal = first_signal(gather_on_all(ranks_, caught_signal_name()));
    } else {
      LimitedWaits const limited(ranks_, wait_limit(fmt::format("the ceilings of {}", point.id)));
      measured = measure_ceilings(rank_run(point, run_folder(launch_.config.staging_dir, run_id)), launch_, line_);
      binding_.release();
    }
    return on_root(ranks_, [this, index, &measured] {
      if (measured.signal.empty()) {
        root_->ledger.add_ceilings(index, std::move(measured.ceilings));
      }
      return measured.signal;
    });
  }

  /// Where this rank holds a staging folder that is in use; all ranks go on when it is done. Returns what failed, by
  /// the ranks that hold the folders, the same on every rank.
  std::vector<std::optional<Error>> try_in_folders(std::function<void()> const& action) {
    std::optional<Error> mine;
    if (staging_.folder && (staging_.is_node_local || ranks_.is_root())) {
      try {
        action();
      } catch (Error const& error) {
        mine = error;
      }
    }
    return gather_problems(ranks_, mine);
  }

  /// Deletes the depth images of the run before in this rank's folder.
  void clear_outputs() {
    double const start_s = monotonic_s();
    staging_.folder->clear_outputs();
    if (root_) {
      root_->ledger.add_clearing(monotonic_s() - start_s);
    }
  }

  /// Clears the outputs and makes the folder of a run in this rank's staging folder.
  void make_run_folder(GridPoint const& point, std::string const& run_id) {
    clear_outputs();
    staging_.folder->create_run(launch_, run_id, point);
  }

  /// Of the ranks that hold the staging folders, the one that holds this rank's.
  [[nodiscard]] std::size_t folder_holder() const {
    Nodes const& nodes = launch_.site.nodes;
    int const node = nodes.ranks[static_cast<std::size_t>(ranks_.rank())].node;
    return static_cast<std::size_t>(staging_.is_node_local ? nodes.leader_of(node) : 0);
  }

  /// `what` as WaitLimit has it.
  [[nodiscard]] std::optional<WaitLimit> wait_limit(std::string what) const {
    return wait_limit_of(launch_.config, speaker_of(ranks_), std::move(what));
  }

  /// For what comes before the start line of a run, which may take as long as storage makes it: until the launch has to
  /// be over, `end_s` by this rank's clock.
  [[nodiscard]] std::optional<WaitLimit> limit_outside_runs(PlannedRun const& planned, double end_s) const {
    return wait_limit_before(end_s - monotonic_s(), speaker_of(ranks_), "the preparation of " + name_of(planned));
  }

  [[nodiscard]] std::string name_of(PlannedRun const& planned) const {
    return fmt::format("{} {} of {}", planned.kind == RunKind::warmup ? "warm-up" : "run", planned.run_index,
                       point_of(planned).id);
  }

  [[nodiscard]] GridPoint const& point_of(PlannedRun const& planned) const {
    return launch_.plan.points[static_cast<std::size_t>(planned.point)];
  }

  /// What planned_run takes, as rank 0 decides; the same on every rank. Empty: every point is done.
  std::optional<int> choose_run() {
    std::string const told = on_root(ranks_, [this] { return root_->next_run(); });
    return told.empty() ? std::nullopt : std::optional(parse_number<int>(told).value);
  }

  /// Until the launch has to be over, by rank 0's clock; infinite: never. The same on every rank.
  double seconds_left() {
    return std::stod(on_root(ranks_, [this] { return fmt::format("{}", root_->seconds_left()); }));
  }

  /// Outputs are cleared, folders made, and the nodes made ready; `end_s` as above.
  PreparedRun prepare(PlannedRun const& planned, int order_index, double end_s) {
    PreparedRun prepared{
        {launch_.config.staging_dir.string(), {}, point_of(planned), planned, order_index}, {}, {}, {}};
    prepared.identity.run_id = on_root(
        ranks_, [order_index] { return make_run_id(utc_label(std::chrono::system_clock::now()), order_index); });
    prepared.folder = run_folder(launch_.config.staging_dir, prepared.identity.run_id);
    prepared.obstacle = try_in_folders(
        [this, &prepared] { make_run_folder(prepared.identity.point, prepared.identity.run_id); })[folder_holder()];
    prepared.nodes = prepare_nodes(launch_.config.before_run, end_s - monotonic_s(), ranks_, launch_.site.nodes);
    return prepared;
  }

  /// Returns the signal that a rank has caught by now, the same on every rank; empty: none has.
  std::string run(PreparedRun const& prepared) {
    RankRun mine = rank_run(prepared.identity.point, prepared.folder);
    mine.obstacle = prepared.obstacle;
    mine.name = name_of(prepared.identity.planned);
    mine.wait_limit = wait_limit(mine.name);
    // take_part limits waits from the start line on, and they stay limited until the run is recorded
    LimitedWaits const as_before(ranks_, ranks_.wait_limit());
    std::vector<std::string> const messages = ranks_.gather(take_part(mine, launch_, line_, cache_, truth_));
    std::vector<std::string> const signals = ranks_.gather(caught_signal_name());
    binding_.release();
    return on_root(ranks_, [this, &prepared, &messages, &signals] {
      std::string signal = first_signal(signals);
      record(prepared, messages, signal);
      return signal;
    });
  }

  RankRun rank_run(GridPoint const& point, std::filesystem::path const& run_folder) {
    std::optional<int> const index = launch_.site.nodes.index_in_lowest(ranks_.rank(), point.ranks_on_nodes);
    RankRun run;
    run.point = point;
    run.index = index;
    if (index) {
      run.cores = binding_.bind(point);
      run.replica_number = replica_number(launch_, ranks_.rank()).value();
      run.scan = replica_.path();
      run.replica = &replica_;
      run.output_base = rank_folder(run_folder, *index) / "out";
    }
    return run;
  }

  void record(PreparedRun const& prepared, std::vector<std::string> const& messages, std::string const& signal) {
    RunIdentity const& identity = prepared.identity;
    std::vector<RankReport> reports;
    reports.reserve(static_cast<std::size_t>(identity.point.parallel));
    for (int const rank : launch_.site.nodes.lowest_ranks(identity.point.ranks_on_nodes)) {
      reports.push_back(rank_report_from_message(messages[static_cast<std::size_t>(rank)]));
    }
    root_->verification.check(reports, identity.point.precision);
    RunRecord run = make_run_record(identity.point, std::move(reports), asked_memory_bytes(launch_.config));
    add_preparation(run, launch_.config.cache, prepared.nodes.nodes);
    root_->ledger.set_clocks(line_.clocks().of_nodes());
    root_->add(identity, run, !signal.empty() && is_cancelled(run) ? RunFate::cancelled_by_signal : RunFate::done);
    if (identity.order_index == 0) {  // when the run is safe: the tool may take its time
      root_->ledger.set_output_stripe(
          written_stripe(rank_folder(prepared.folder, 0),
                         striped_type(staging_.folder->target().filesystem.type, launch_.config.stripe_output)));
    }
  }

  Launch const& launch_;
  Communicator& ranks_;
  LaunchStaging& staging_;
  std::optional<RootSide>& root_;
  StartLine line_;
  ProvenReplica replica_;  ///< this rank's, after staging and before the first run
  RankBinding binding_;
  CacheControl cache_;  ///< of this rank's replica
  TruthJudge truth_;    ///< of this rank's depth images
};

}  // namespace

std::string run_all(Launch const& launch, Communicator& ranks, LaunchStaging& staging, std::optional<RootSide>& root) {
  return RunLoop(launch, ranks, staging, root).run_all();
}

}  // namespace lauebench
