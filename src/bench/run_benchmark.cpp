#include "bench/run_benchmark.hpp"

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/dry_run.hpp"
#include "bench/interruption.hpp"
#include "bench/last_words.hpp"
#include "bench/launch.hpp"
#include "bench/launch_staging.hpp"
#include "bench/log.hpp"
#include "bench/result_table.hpp"
#include "bench/root_side.hpp"
#include "bench/run_loop.hpp"
#include "bench/target_table.hpp"
#include "cluster/monotonic_clock.hpp"
#include "cluster/watchdog.hpp"
#include "config/say.hpp"

namespace lauebench {
namespace {

constexpr char const* yes = "yes";

/// A dry run writes no token: what is not known to be each node's own counts as shared.
std::optional<int> node_asked_for(Launch const& launch) {
  return launch.config.staging_scope == StagingScope::node_local ? least_staging_node(launch) : std::nullopt;
}

void print_dry_run(Launch const& launch, Communicator& ranks) {
  static_cast<void>(on_root(ranks, [&launch, &ranks] {
    std::vector<TargetInspection> targets;
    targets.reserve(launch.config.staging_dirs.size());
    for (std::filesystem::path const& staging_dir : launch.config.staging_dirs) {
      targets.push_back(inspect_target(staging_request(launch, staging_dir, node_asked_for(launch))));
    }
    answer(dry_run_text(launch, targets, ranks.size()));
    return std::string();
  }));
}

/// Opens the files on rank 0. Collective; throws AgreedError.
void open_root_side(std::optional<RootSide>& root, LaunchStaging const& staging, Launch const& launch,
                    Communicator& ranks, double started_s) {
  static_cast<void>(on_root(ranks, [&root, &staging, &launch, started_s] {
    root.emplace(launch, staged_targets(staging), started_s);
    return std::string();
  }));
}

std::string tables(Launch const& launch, Ledger const& ledger) {
  return launch.config.staging_dirs.size() == 1
             ? result_table(ledger.results(), launch.plan.skipped)
             : target_tables(ledger.results(), launch.plan.skipped, ledger.targets());
}

void print_results(Launch const& launch, Ledger const& ledger) {
  if (launch.config.verbose >= 1) {
    char const* const cache =
        launch.config.cache == CachePolicy::none ? "--cache none: nothing was done to the page cache\n" : "";
    say(stdout, fmt::format("{}{}results: {}\n", tables(launch, ledger), cache, launch.config.results.string()));
  }
}

/// `signal` is what ended the launch before its last run; empty: nothing did.
void end_in_order(Launch const& launch, RootSide& root, std::string const& signal) {
  Ledger& ledger = root.ledger;
  if (signal.empty()) {
    ledger.end();
    if (ledger.status() == LaunchStatus::interrupted) {
      spdlog::error("some points have not run (lack of time, see below): give the launch more, or fewer points");
    }
  } else {
    root.schedule.stop_all(StopReason::interrupted, monotonic_s() - root.started_s);
    ledger.finish_points(root.schedule.take_stopped());
    ledger.end_interrupted(signal);
    spdlog::warn("{} ended the launch before its last run", signal);
  }
  print_results(launch, ledger);
}

/// After an error: summaries and `end` say so if the results file can still be written, and the table shows what there
/// is.
void end_early(Launch const& launch, Ledger& ledger, std::exception const& reason) {
  try {
    ledger.end_failed(reason.what());
  } catch (Error const& problem) {
    spdlog::warn("the results file has no end record: {}", problem.what());
  }
  print_results(launch, ledger);
}

/// By a thread beside the one that hangs.
void record_end(std::optional<RootSide>& root, std::string const& why) {
  try {
    if (root) {
      root->ledger.say_last_words_of_failure(why);
    }
  } catch (Error const& problem) {
    spdlog::warn("the results file has no end record: {}", problem.what());
  }
}

}  // namespace

int run_benchmark(RunConfig const& config, Communicator& ranks, std::vector<std::string> command_line) {
  double const started_s = monotonic_s();
  Speaker const speaker = speaker_of(ranks);
  set_up_logging(config.verbose, speaker, progress_style(config));
  if (config.dry_run == DryRun::yes) {
    print_dry_run(prepare_launch(config, ranks, std::move(command_line)), ranks);
    return 0;
  }
  Interruption const interruption(speaker);  // first, so that nothing cuts short what the others do when they go
  std::optional<LastWords> before_records(std::in_place, ranks, nullptr);
  Launch const launch = prepare_launch(config, ranks, std::move(command_line));
  LaunchStaging staging = stage_launch(launch, ranks);
  std::optional<RootSide> root;
  open_root_side(root, staging, launch, ranks, started_s);
  before_records.reset();
  std::optional<LastWords> last_words(std::in_place, ranks, root ? &root->ledger : nullptr);
  BeforeLaunchEnds const before_launch_ends([&root](std::string const& why) { record_end(root, why); });
  try {
    std::string const signal = run_all(launch, ranks, staging, root);
    last_words.reset();
    std::string const is_complete = on_root(ranks, [&root, &launch, &signal] {
      root->finish_trace();
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
      spdlog::error("{}", error.what());
    }
    return 1;
  } catch (std::exception const& error) {
    if (root) {
      end_early(launch, root->ledger, error);
    }
    throw;  // the other ranks do not know of it
  }
}

}  // namespace lauebench
