#include "bench/root_side.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/environment_json.hpp"
#include "cluster/monotonic_clock.hpp"
#include "staging/content_digest.hpp"

namespace lauebench {

namespace {

/// Architectures of the modules that can be used, by backend.
std::map<std::string, std::string> architectures_of(std::vector<BackendFacts> const& backends) {
  std::map<std::string, std::string> architectures;
  for (BackendFacts const& backend : backends) {
    if (auto const* const module = std::get_if<ModuleFacts>(&backend.module)) {
      architectures[backend.name] = module->info.architecture;
    }
  }
  return architectures;
}

/// Times of other instruction levels or GPUs would be averaged with these.
void warn_of_other_modules(EarlierRuns const& earlier, std::map<std::string, std::string> const& here) {
  std::set<std::string> others;
  for (EarlierRun const& run : earlier.done) {
    for (DigestedImages const& images : run.images) {
      auto const module = here.find(images.backend);
      if (module != here.end() && module->second != images.architecture) {
        others.insert(fmt::format("{} {}, here {}", images.backend, images.architecture, module->second));
      }
    }
  }
  for (std::string const& other : others) {
    spdlog::warn("resumed runs were computed by {}: their times are not of one kind", other);
  }
}

std::set<std::string> checksums_of(std::vector<StagedTarget> const& targets) {
  std::set<std::string> checksums;
  for (StagedTarget const& target : targets) {
    std::ranges::transform(target.replicas, std::inserter(checksums, checksums.end()), &Replica::checksum);
  }
  return checksums;
}

/// To be called when the results file is locked: the launch before may have been writing until now.
std::optional<EarlierRuns> earlier_runs(Launch const& launch, std::vector<StagedTarget> const& targets) {
  auto earlier = runs_to_resume(launch.config);
  std::string const results = launch.config.results.string();
  if (earlier) {
    require_same_work(*earlier, launch.config, launch.plan);
    // of points that this launch skips there is nothing to go on with
    std::erase_if(earlier->done, [&launch](EarlierRun const& run) {
      return find_point(launch.plan, run.point_id, run.target) == nullptr;
    });
    require_same_content(*earlier, launch.config, digest_of(launch.geometry_text), checksums_of(targets));
    spdlog::info("resuming {}: {} runs are done", results, earlier->done.size());
    if (earlier->unreadable_lines > 0) {
      spdlog::warn("{} lines of {} are no records (torn, an earlier crash): what they told of is done again",
                   earlier->unreadable_lines, results);
    }
    warn_of_other_modules(*earlier, architectures_of(launch.environment.backends));
  } else if (launch.config.resume == Resume::yes) {
    spdlog::info("there is nothing to go on with in {}: all runs are made", results);
  }
  return earlier;
}

}  // namespace

RootSide::RootSide(Launch const& launch, std::vector<StagedTarget> targets, double launch_started_s)
    : started_s(launch_started_s),
      earlier(earlier_runs(launch, targets)),
      ledger(launch, std::move(targets), started_s, earlier.value_or(EarlierRuns())),
      verification(launch.config.h5, launch.golden_digests),
      schedule(launch.plan,
               deadlines_of(launch.config, environment_variable, std::chrono::system_clock::now(),
                            monotonic_s() - started_s),
               earlier.value_or(EarlierRuns()).done),
      after_failure_(launch.config.after_failure),
      runs_to_make_(static_cast<int>(launch.plan.runs.size()) -
                    (earlier ? static_cast<int>(earlier->done.size()) : 0)) {
  if (earlier && earlier->program == to_json(launch.environment).at("program").dump()) {
    for (EarlierRun const& run : earlier->done) {
      verification.trust(run.images);
    }
  } else if (earlier) {
    spdlog::warn("the last launch was another build's: depth images are held against this launch's first run alone");
  }
  if (!launch.config.trace.empty()) {
    trace.emplace(launch.config.trace, launch.site.nodes, launch.session_id, started_s);
  }
  if (!launch.config.telemetry.empty()) {
    telemetry.emplace(launch.config.telemetry, launch.session_id);
  }
}

std::string RootSide::next_run() {
  std::optional<int> const run = schedule.next(monotonic_s() - started_s);
  ledger.finish_points(schedule.take_stopped());
  return run ? std::to_string(*run) : std::string();
}

bool RootSide::may_measure_again(double seconds, int runs_left) const {
  return !is_ended_by_failure_ && seconds_left() > seconds + schedule.most_seconds_of(runs_left);
}

void RootSide::leave_out(double seconds) {
  schedule.leave_out(seconds);
  ledger.leave_out(seconds);
}

double RootSide::seconds_left() const { return schedule.deadline_s() - (monotonic_s() - started_s); }

void RootSide::schedule_after(RunRecord const& record, RunFate fate) {
  if (fate == RunFate::cancelled_by_signal) {
    schedule.put_back();
    return;
  }
  schedule.finish(record.success ? std::optional(record.total_wall_s) : std::nullopt);
  if (!record.success && after_failure_ == AfterFailure::stop) {
    is_ended_by_failure_ = true;
    schedule.stop_all(StopReason::fail_fast, monotonic_s() - started_s);
  }
}

void RootSide::add(RunIdentity const& identity, RunRecord const& record, RunFate fate) {
  schedule_after(record, fate);
  ledger.add(identity, record, schedule.take_stopped());
  write_trace([&] { trace->add(identity, record); });
}

void RootSide::finish_trace() {
  write_trace([this] { trace->finish(); });
}

void RootSide::set_running(std::string name) {
  if (telemetry) {
    telemetry->set_running(std::move(name));
  }
}

void RootSide::write_trace(std::function<void()> const& write) {
  if (!trace) {
    return;
  }
  try {
    write();
  } catch (Error const& problem) {
    spdlog::warn("the launch goes on without a trace: {}", problem.what());
    trace.reset();
  }
}

}  // namespace lauebench
