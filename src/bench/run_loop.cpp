#include "bench/run_loop.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
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
#include "bench/run_cache.hpp"
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
  std::optional<int> const reader = launch.site.nodes.index_in_lowest(rank, launch.plan.readers_on_nodes);
  return reader ? std::optional(replica_of_reader(launch.config, *reader)) : std::nullopt;
}

std::filesystem::path replica_of(Launch const& launch, std::filesystem::path const& staging_dir, int rank) {
  std::optional<int> const number = replica_number(launch, rank);
  auto const& scans = launch.config.h5;
  return number ? staging_dir / input_folder_name / replica_name(scans[scan_of_replica(*number, scans.size())], *number)
                : std::filesystem::path();
}

/// The replica of this rank in `staging_dir` as staging proved it; without a path for a rank that has none.
ProvenReplica own_replica(Launch const& launch, std::filesystem::path const& staging_dir, Communicator& ranks,
                          TargetStaging const& staging) {
  std::istringstream proofs(on_root(ranks, [&staging] {
    std::string all;
    for (Replica const& replica : staging.folder->target().replicas) {
      FileState const& state = replica.state;
      all += fmt::format("{} {} {} {} {} {} {} ", replica.number, replica.node, replica.checksum, state.bytes,
                         state.mtime_ns, state.ctime_ns, state.inode);
    }
    return all;
  }));
  std::optional<int> const own_number = replica_number(launch, ranks.rank());
  int const own_node = launch.site.nodes.ranks[static_cast<std::size_t>(ranks.rank())].node;
  std::string checksum;
  FileState state;
  int number = 0;
  int node = 0;
  while (own_number &&
         proofs >> number >> node >> checksum >> state.bytes >> state.mtime_ns >> state.ctime_ns >> state.inode) {
    if (number == *own_number && (!staging.is_node_local || node == own_node)) {
      break;
    }
  }
  return {replica_of(launch, staging_dir, ranks.rank()), std::move(checksum), state};
}

/// What a rank has in one of the staging folders, after staging and before the first run.
struct RankTarget {
  RankTarget(Launch const& launch, std::filesystem::path const& staging_dir, Communicator& ranks,
             TargetStaging const& staging)
      : replica(own_replica(launch, staging_dir, ranks, staging)),
        cache(launch.config.cache, replica.path(), warming_cancellation()),
        truth(replica.path(), launch.config.reconstruction) {}

  ProvenReplica replica;
  CacheControl cache;
  TruthJudge truth;  ///< of this rank's depth images there
};

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

/// Of what there is once for each staging folder, what belongs to a point.
template <class Targets>
auto& target_of(Targets& targets, GridPoint const& point) {
  return targets[static_cast<std::size_t>(point.target)];
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
        binding_(launch.config.bind, launch.site, ranks.rank()) {
    for (std::size_t target = 0; target < staging.size(); ++target) {
      targets_.emplace_back(launch, launch.config.staging_dirs[target], ranks, staging[target]);
    }
  }

  /// Returns the signal that ended it before all runs were done; empty when all were. The same on every rank.
  std::string run_all() {
    int const runs = runs_to_make();
    std::string signal = runs > 0 ? measure_all_ceilings(CeilingMoment::start, runs) : std::string();
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
      int const made = order_index + 1;
      if (signal.empty() && is_half(made, runs)) {
        signal = measure_all_ceilings(CeilingMoment::middle, runs - made);
      }
      next = choose_run();
      if (!next && signal.empty()) {
        static_cast<void>(measure_all_ceilings(CeilingMoment::end, 0));  // a signal now ends nothing but this
      }
    }
    return next ? signal : std::string();
  }

 private:
  /// Of the launch, as rank 0 knows them; the same on every rank.
  int runs_to_make() {
    return std::stoi(on_root(ranks_, [this] { return std::to_string(root_->runs_to_make()); }));
  }

  [[nodiscard]] bool is_half(int made, int runs) const {
    return fixes_number_of_runs(launch_.plan) && runs > 1 && made == runs / 2;
  }

  /// Between runs, point after point, so that no run pays for it; after the start as far as there is time for it and
  /// for another `runs_left` runs. Returns a signal as run_all.
  std::string measure_all_ceilings(CeilingMoment moment, int runs_left) {
    std::string signal;
    if (launch_.config.ceilings == CeilingMeasurement::off ||
        (moment != CeilingMoment::start && !may_measure_again(runs_left))) {
      return signal;
    }
    double const start_s = monotonic_s();
    int const points = static_cast<int>(launch_.plan.points.size());
    for (int point = 0; point < points && signal.empty(); ++point) {
      signal = measure_ceilings_of(point, moment);
    }
    // the next run does it again, and fails where it cannot be done
    clear_outputs();
    ceilings_took_s_ = std::max(ceilings_took_s_, monotonic_s() - start_s);
    if (root_) {
      root_->leave_out(monotonic_s() - start_s);
    }
    return signal;
  }

  /// The same on every rank.
  bool may_measure_again(int runs_left) {
    return on_root(ranks_, [this, runs_left] {
             return std::string(root_->may_measure_again(ceilings_took_s_, runs_left) ? "yes" : "");
           }) == "yes";
  }

  /// A point that a signal left half measured has no record.
  std::string measure_ceilings_of(int index, CeilingMoment moment) {
    GridPoint const& point = launch_.plan.points[static_cast<std::size_t>(index)];
    std::string const run_id = make_run_id("ceilings", index);
    clear_outputs();
    auto const obstacles = make_run_folder(point, run_id);
    auto const obstacle = std::ranges::find_if(obstacles, [](auto const& problem) { return problem.has_value(); });
    MeasuredCeilings measured;
    measured.ceilings.moment = moment;
    if (obstacle != obstacles.end()) {
      measured.ceilings.of = PerCeiling(Reading<Ceiling>(Unknown{(*obstacle)->what()}));
      measured.signal = first_signal(gather_on_all(ranks_, caught_signal_name()));
    } else {
      LimitedWaits const limited(ranks_, limit_of_ceilings(point));
      measured = measure_ceilings(rank_run(point, run_folder(staging_dir_of(launch_.config, point), run_id)), launch_,
                                  moment, line_);
      binding_.release();
    }
    return on_root(ranks_, [this, index, &measured] {
      if (measured.signal.empty()) {
        root_->ledger.add_ceilings(index, measured.ceilings);
      }
      return measured.signal;
    });
  }

  /// Deletes the depth images of the run before in this rank's staging folders, wherever it was made: no run finds a
  /// filesystem at work for another one. What cannot be deleted is told when a run's folder is made there.
  void clear_outputs() {
    double const start_s = monotonic_s();
    for (TargetStaging& staging : staging_) {
      if (is_in_use(staging)) {
        try {
          staging.folder->clear_outputs();
        } catch (Error const&) {
          continue;
        }
      }
    }
    if (root_) {
      root_->ledger.add_clearing(monotonic_s() - start_s);
    }
  }

  /// Makes the folder of a run where this rank holds the staging folder; all ranks go on when it is done. Returns what
  /// failed, by the ranks that hold the folders, the same on every rank.
  std::vector<std::optional<Error>> make_run_folder(GridPoint const& point, std::string const& run_id) {
    TargetStaging& staging = target_of(staging_, point);
    std::optional<Error> mine;
    if (is_in_use(staging)) {
      try {
        staging.folder->clear_outputs();
        staging.folder->create_run(launch_, run_id, point);
      } catch (Error const& error) {
        mine = error;
      }
    }
    return gather_problems(ranks_, mine);
  }

  /// Whether this rank writes there for those that use the folder.
  [[nodiscard]] bool is_in_use(TargetStaging const& staging) const {
    return staging.folder && (staging.is_node_local || ranks_.is_root());
  }

  /// Of the ranks that hold the staging folders of a point, the one that holds this rank's.
  [[nodiscard]] std::size_t folder_holder(GridPoint const& point) const {
    Nodes const& nodes = launch_.site.nodes;
    int const node = nodes.ranks[static_cast<std::size_t>(ranks_.rank())].node;
    return static_cast<std::size_t>(target_of(staging_, point).is_node_local ? nodes.leader_of(node) : 0);
  }

  /// `what` as WaitLimit has it.
  [[nodiscard]] std::optional<WaitLimit> wait_limit(std::string what) const {
    return wait_limit_of(launch_.config, speaker_of(ranks_), std::move(what));
  }

  /// For the others in a measurement of ceilings; without --reconstruction-timeout, until the launch has to be over.
  std::optional<WaitLimit> limit_of_ceilings(GridPoint const& point) {
    std::string what = "the ceilings of " + lauebench::name_of(launch_.config, point);
    double const left_s = seconds_left();
    return launch_.config.reconstruction_timeout_s ? wait_limit(std::move(what))
                                                   : wait_limit_before(left_s, speaker_of(ranks_), std::move(what));
  }

  /// For what comes before the start line of a run, which may take as long as storage makes it: until the launch has to
  /// be over, `end_s` by this rank's clock.
  [[nodiscard]] std::optional<WaitLimit> limit_outside_runs(PlannedRun const& planned, double end_s) const {
    return wait_limit_before(end_s - monotonic_s(), speaker_of(ranks_), "the preparation of " + name_of(planned));
  }

  [[nodiscard]] std::string name_of(PlannedRun const& planned) const {
    return fmt::format("{} {} of {}", planned.kind == RunKind::warmup ? "warm-up" : "run", planned.run_index,
                       lauebench::name_of(launch_.config, point_of(planned)));
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
    std::filesystem::path const& staging_dir = staging_dir_of(launch_.config, point_of(planned));
    PreparedRun prepared{{staging_dir.string(), {}, point_of(planned), planned, order_index}, {}, {}, {}};
    prepared.identity.run_id = on_root(
        ranks_, [order_index] { return make_run_id(utc_label(std::chrono::system_clock::now()), order_index); });
    prepared.folder = run_folder(staging_dir, prepared.identity.run_id);
    GridPoint const& point = prepared.identity.point;
    clear_outputs();
    prepared.obstacle = make_run_folder(point, prepared.identity.run_id)[folder_holder(point)];
    prepared.nodes = prepare_nodes(launch_.config.before_run, end_s - monotonic_s(), ranks_, launch_.site.nodes);
    return prepared;
  }

  /// Returns the signal that a rank has caught by now, the same on every rank; empty: none has.
  std::string run(PreparedRun const& prepared) {
    RankRun mine = rank_run(prepared.identity.point, prepared.folder);
    mine.obstacle = prepared.obstacle;
    mine.name = name_of(prepared.identity.planned);
    mine.wait_limit = wait_limit(mine.name);
    tell_running(mine.name);
    // take_part limits waits from the start line on, and they stay limited until the run is recorded
    LimitedWaits const as_before(ranks_, ranks_.wait_limit());
    RankTarget& target = target_of(targets_, mine.point);
    std::vector<std::string> const messages =
        ranks_.gather(take_part(mine, launch_, line_, target.cache, target.truth));
    std::vector<std::string> const signals = ranks_.gather(caught_signal_name());
    binding_.release();
    tell_running({});
    return on_root(ranks_, [this, &prepared, &messages, &signals] {
      std::string signal = first_signal(signals);
      record(prepared, messages, signal);
      return signal;
    });
  }

  void tell_running(std::string name) {
    if (root_) {
      root_->set_running(std::move(name));
    }
  }

  RankRun rank_run(GridPoint const& point, std::filesystem::path const& run_folder) {
    std::optional<int> const index = launch_.site.nodes.index_in_lowest(ranks_.rank(), point.ranks_on_nodes);
    RankRun run;
    run.point = point;
    run.index = index;
    if (index) {
      run.cores = binding_.bind(point);
      run.replica_number = replica_number(launch_, ranks_.rank()).value();
      run.readers_group = readers_group(run.replica_number, target_of(staging_, point));
      run.replica = &target_of(targets_, point).replica;
      run.scan = run.replica->path();
      run.output_base = rank_folder(run_folder, *index) / "out";
      run.shared_base = rank_folder(run_folder, 0) / "out";
    }
    return run;
  }

  /// Nodes with folders of their own have files of their own.
  [[nodiscard]] int readers_group(int replica, TargetStaging const& staging) const {
    int const node = launch_.site.nodes.ranks[static_cast<std::size_t>(ranks_.rank())].node;
    return staging.is_node_local ? node * static_cast<int>(launch_.config.h5.size()) + replica : replica;
  }

  void record(PreparedRun const& prepared, std::vector<std::string> const& messages, std::string const& signal) {
    RunIdentity const& identity = prepared.identity;
    std::vector<RankReport> reports;
    reports.reserve(static_cast<std::size_t>(identity.point.parallel));
    for (int const rank : launch_.site.nodes.lowest_ranks(identity.point.ranks_on_nodes)) {
      reports.push_back(rank_report_from_message(messages[static_cast<std::size_t>(rank)]));
    }
    doubt_cold_without_device(reports);
    root_->verification.check(reports, identity.point.precision);
    RunRecord run = make_run_record(identity.point, std::move(reports), asked_memory_bytes(launch_.config));
    add_preparation(run, launch_.config.cache, prepared.nodes.nodes);
    root_->ledger.set_clocks(line_.clocks().of_nodes());
    root_->add(identity, run, !signal.empty() && is_cancelled(run) ? RunFate::cancelled_by_signal : RunFate::done);
    int const target = identity.point.target;
    if (run.success && !root_->ledger.has_output_stripe(target)) {  // when the run is safe: the tool may take its time
      std::string const& type = target_of(staging_, identity.point).folder->target().filesystem.type;
      root_->ledger.set_output_stripe(
          target, written_stripe(rank_folder(prepared.folder, 0), striped_type(type, launch_.config.stripe_output)));
    }
  }

  Launch const& launch_;
  Communicator& ranks_;
  LaunchStaging& staging_;
  std::optional<RootSide>& root_;
  StartLine line_;
  RankBinding binding_;
  std::deque<RankTarget> targets_;  ///< as the configuration names them
  double ceilings_took_s_ = 0.0;    ///< of all points, at the moment that took longest
};

}  // namespace

std::string run_all(Launch const& launch, Communicator& ranks, LaunchStaging& staging, std::optional<RootSide>& root) {
  return RunLoop(launch, ranks, staging, root).run_all();
}

}  // namespace lauebench
