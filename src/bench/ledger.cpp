#include "bench/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "bench/ceilings_json.hpp"
#include "bench/staging_json.hpp"
#include "cluster/monotonic_clock.hpp"
#include "config/config_json.hpp"
#include "config/say.hpp"
#include "staging/content_digest.hpp"

namespace lauebench {
namespace {

void log_phases(RankReport const& report) {
  PhaseTimes const& phases = report.outcome.phases;
  spdlog::trace(
      "  rank {} on {}: start {:+.6f} s, elapsed {:.4f} s, open {:.4f}, wait for reading {:.4f}, compute {:.4f}, wait "
      "for "
      "writing {:.4f}, fsync {:.4f}, close {:.4f}, other {:.4f}; {} threads, {} stripes",
      report.rank, report.host, report.outcome.start_s, report.outcome.elapsed_s, phases.open_s, phases.wait_read_s,
      phases.compute_s, phases.wait_write_s, phases.fsync_s, phases.close_s, phases.other_s,
      report.outcome.threads_counted, report.outcome.stripes);
}

void log_run(std::string const& point, RunIdentity const& identity, RunRecord const& record) {
  std::string flags;
  for (RunFlag const flag : record.flags) {
    flags += fmt::format(" {}", to_string(flag));
  }
  spdlog::debug("{} {} {}: {:.4f} s{}{}", identity.planned.kind == RunKind::warmup ? "warm-up" : "run",
                identity.planned.run_index, point, record.total_wall_s, record.success ? "" : ", failed", flags);
  for (RankReport const& report : record.ranks) {
    log_phases(report);
    if (report.outcome.code != ReturnCode::ok) {
      spdlog::error("{} failed on rank {} ({}): {}", point, report.rank, report.host, report.outcome.error);
    }
  }
}

}  // namespace

ProgressStyle progress_style(RunConfig const& config) {
  return choose_progress_style(config.verbose, config.progress,
                               ::isatty(STDERR_FILENO) != 0 ? Terminal::yes : Terminal::no);
}

Ledger::Ledger(Launch const& launch, std::vector<StagedTarget> targets, double started_s, EarlierRuns const& earlier)
    : launch_(launch),
      writer_(launch.config.results),
      progress_(progress_style(launch.config)),
      results_(empty_results(launch.plan)),
      targets_(std::move(targets)),
      started_s_(started_s),
      staged_s_(monotonic_s()),
      runs_begin_s_(staged_s_),
      output_stripes_(launch.config.staging_dirs.size()),
      runs_resumed_(static_cast<int>(earlier.done.size())),
      summarised_(results_.size()) {
  for (EarlierRun const& run : earlier.done) {
    if (GridPoint const* const point = find_point(launch.plan, run.point_id, run.target)) {
      results_[static_cast<std::size_t>(point - launch.plan.points.data())].add_earlier(run);
    }
  }
  if (writer_.last_line() == LastLine::torn) {
    spdlog::warn(
        "the last line of {} is torn (no newline, an earlier crash): it stays, ours start on a line of their own",
        writer_.path().string());
  }
  write(params_record(stamp(), launch.plan,
                      {to_json(launch.config), earlier.session_id, launch.needs, launch.environment,
                       launch.command_line, digest_of(launch.geometry_text), launch.site}));
  for (StagedTarget const& target : targets_) {
    write(staging_record(stamp(), target));
  }
  for (SkippedPoint const& skipped : launch.plan.skipped) {
    spdlog::debug("skipped {}: {}", name_of(launch.config, skipped.point), skipped.reason);
    write(skip_record(stamp(), staging_dir_of(skipped.point), skipped));
  }
}

void Ledger::set_clocks(std::vector<NodeClock> clocks) {
  std::scoped_lock const lock(mutex_);
  clocks_ = std::move(clocks);
}

void Ledger::set_output_stripe(int target, StripeReading stripe) {
  std::scoped_lock const lock(mutex_);
  output_stripes_[static_cast<std::size_t>(target)] = std::move(stripe);
}

bool Ledger::has_output_stripe(int target) const {
  return output_stripes_[static_cast<std::size_t>(target)].has_value();
}

void Ledger::leave_out(double seconds) {
  std::scoped_lock const lock(mutex_);
  runs_begin_s_ += seconds;
}

void Ledger::add_clearing(double seconds) {
  std::scoped_lock const lock(mutex_);
  clearing_s_ += seconds;
}

void Ledger::add_ceilings(int point, PointCeilings const& ceilings) {
  std::scoped_lock const lock(mutex_);
  PointResult& result = results_[static_cast<std::size_t>(point)];
  append(ceiling_record(stamp(), staging_dir_of(result.point()), result.point(), ceilings));
  result.add_ceilings(ceilings);
}

void Ledger::add(RunIdentity const& identity, RunRecord const& record, std::span<StoppedPoint const> stopped) {
  log_run(name_of(launch_.config, identity.point), identity, record);
  std::scoped_lock const lock(mutex_);
  append(run_record(stamp(), identity, record));
  ++(record.success ? runs_succeeded_ : runs_failed_);
  if (identity.planned.kind == RunKind::measured) {
    results_[static_cast<std::size_t>(identity.planned.point)].add(identity.planned.run_index, record);
  }
  write_summaries(stopped);
  show_progress(identity, record);
}

void Ledger::finish_points(std::span<StoppedPoint const> stopped) {
  std::scoped_lock const lock(mutex_);
  write_summaries(stopped);
}

void Ledger::write_summaries(std::span<StoppedPoint const> stopped) {
  for (auto const& [point, reason, sustained_s] : stopped) {
    PointResult& result = results_[static_cast<std::size_t>(point)];
    std::optional<int>& summarised = summarised_[static_cast<std::size_t>(point)];
    if (summarised == result.made()) {
      continue;  // say_last_words has told
    }
    summarised = result.made();
    result.set_stopped(reason, sustained_s);
    spdlog::debug("{} is done ({})", name_of(launch_.config, result.point()), to_string(reason));
    append(summary_record(stamp(), staging_dir_of(result.point()), result));
  }
}

std::optional<StopReason> Ledger::lack_of_time() const {
  for (PointResult const& result : results_) {
    if (result.stopped() && is_for_time(*result.stopped())) {
      return result.stopped();
    }
  }
  return std::nullopt;
}

void Ledger::stop_all_points(StopReason reason) {
  for (std::size_t point = 0; point < results_.size(); ++point) {
    if (results_[point].stopped()) {
      continue;
    }
    StoppedPoint const stopped{static_cast<int>(point), reason};
    try {
      write_summaries({&stopped, 1});
    } catch (Error const&) {
      // append has told of it and shown the line; there are others
    }
  }
}

LaunchStatus Ledger::status() const {
  bool const all_measured =
      std::ranges::none_of(results_, [](PointResult const& result) { return result.made() == 0; });
  if (lack_of_time() && !all_measured) {
    return LaunchStatus::interrupted;
  }
  return runs_failed_ == 0 ? LaunchStatus::complete : LaunchStatus::failed;
}

void Ledger::end() {
  std::scoped_lock const lock(mutex_);
  LaunchEnd end;
  end.status = status();
  append_end(std::move(end));
}

void Ledger::end_failed(std::string const& error) {
  std::scoped_lock const lock(mutex_);
  append_failed_end(error);
}

void Ledger::append_failed_end(std::string const& error) {
  stop_all_points(StopReason::error);
  LaunchEnd end;
  end.status = LaunchStatus::failed;
  end.error = error;
  append_end(std::move(end));
}

void Ledger::end_interrupted(std::string const& signal) {
  std::scoped_lock const lock(mutex_);
  append_interrupted_end(signal);
}

void Ledger::say_last_words(std::string const& signal) {
  if (auto const lock = lock_for_last_words()) {
    stop_all_points(StopReason::interrupted);
    append_interrupted_end(signal);
  }
}

void Ledger::say_last_words_of_failure(std::string const& error) {
  if (auto const lock = lock_for_last_words()) {
    append_failed_end(error);
  }
}

std::unique_lock<std::timed_mutex> Ledger::lock_for_last_words() {
  std::unique_lock lock(mutex_, std::chrono::milliseconds(500));
  if (!lock.owns_lock()) {
    spdlog::warn("the results file takes no record: it has no end record");
  }
  return lock;
}

void Ledger::append_interrupted_end(std::string const& signal) {
  if (is_told_) {
    return;
  }
  LaunchEnd end;
  end.status = LaunchStatus::interrupted;
  end.signal = signal;
  append_end(std::move(end));
}

void Ledger::append_end(LaunchEnd end) {
  progress_.finish();
  end.runs_planned = runs_planned();
  end.stopped = lack_of_time();
  end.runs_succeeded = runs_succeeded_;
  end.runs_failed = runs_failed_;
  end.runs_resumed = runs_resumed_;
  end.points_skipped = static_cast<int>(launch_.plan.skipped.size());
  double const now_s = monotonic_s();
  end.elapsed_s = now_s - started_s_;
  end.after_staging_s = now_s - staged_s_;
  end.clearing_s = clearing_s_;
  end.clocks = clocks_;
  for (std::size_t target = 0; target < output_stripes_.size(); ++target) {
    end.targets.push_back({launch_.config.staging_dirs[target].string(),
                           output_stripes_[target].value_or(StripeReading{std::nullopt, "no run was made"})});
  }
  append(end_record(stamp(), launch_.site.nodes, end));
  is_told_ = true;
}

void Ledger::write(Json const& record) { writer_.append(to_line(record)); }

/// Nothing that was measured is lost: what the file does not take, whoever reads the messages can put there.
void Ledger::append(Json const& record) {
  is_told_ = false;
  try {
    write(record);
  } catch (Error const& problem) {
    progress_.finish();
    spdlog::error("the line below could not be written to {} and can be appended there by hand ({})",
                  writer_.path().string(), problem.what());
    say(stderr, to_line(record) + '\n');
    throw;
  }
}

std::string Ledger::staging_dir_of(GridPoint const& point) const {
  return lauebench::staging_dir_of(launch_.config, point).string();
}

RecordStamp Ledger::stamp() const { return {std::chrono::system_clock::now(), launch_.session_id}; }

void Ledger::show_progress(RunIdentity const& identity, RunRecord const& record) {
  ProgressState state;
  state.point = name_of(launch_.config, identity.point);
  state.runs_done = runs_resumed_ + runs_succeeded_ + runs_failed_;
  state.runs_total = runs_planned();
  state.points_done = static_cast<int>(
      std::ranges::count_if(results_, [](PointResult const& result) { return result.stopped().has_value(); }));
  state.points_total = static_cast<int>(results_.size());
  if (record.rates) {
    state.throughput_per_min = record.rates->throughput_per_min;
  }
  state.elapsed_s = monotonic_s() - runs_begin_s_;
  if (launch_.config.time_limit_s) {
    state.most_left_s = started_s_ + *launch_.config.time_limit_s - monotonic_s();
  }
  progress_.show(state);
}

std::optional<int> Ledger::runs_planned() const {
  return fixes_number_of_runs(launch_.plan) ? std::optional(static_cast<int>(launch_.plan.runs.size())) : std::nullopt;
}

}  // namespace lauebench
