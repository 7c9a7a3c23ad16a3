#include "bench/dry_run.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/launch_scans.hpp"
#include "bench/measure_ceilings.hpp"
#include "bench/point_result.hpp"
#include "bench/records_json.hpp"
#include "bench/result_table.hpp"
#include "config/config_json.hpp"
#include "config/option_entries.hpp"
#include "staging/staging_notes.hpp"

namespace lauebench {
namespace {

/// "3221225472 bytes (3.0 GiB)"; small sizes without the second figure.
std::string size_text(std::uint64_t bytes) {
  constexpr double bytes_per_gib = 1024.0 * 1024.0 * 1024.0;
  std::string text = fmt::format("{} bytes", bytes);
  double const gib = static_cast<double>(bytes) / bytes_per_gib;
  return gib < 0.1 ? text : fmt::format("{} ({:.1f} GiB)", text, gib);
}

/// "3", "6 to 100" or "for 600 s"
std::string runs_of(PointResult const& result, RunConfig const& config) {
  if (config.sustain_s) {
    return fmt::format("for {} s", *config.sustain_s);
  }
  return result.planned() ? std::to_string(*result.planned())
                          : fmt::format("{} to {}", least_target_ci_runs, most_runs(config));
}

/// The measured runs of each point, without warm-ups.
std::string points_text(Plan const& plan, RunConfig const& config) {
  std::vector<std::vector<std::string>> rows{{"point", "runs"}};
  for (PointResult const& result : empty_results(plan)) {
    rows.push_back({name_of(config, result.point()), runs_of(result, config)});
  }
  std::string text = aligned_text(rows);
  for (SkippedPoint const& skip : plan.skipped) {
    text += fmt::format("skipped {}: {}\n", name_of(config, skip.point), skip.reason);
  }
  return text;
}

/// "8 runs and 4 warm-ups, in random order (seed drawn at start)". A seed that was drawn for this plan is no use to
/// anybody: the real launch draws another one.
std::string order_text(Plan const& plan, RunConfig const& config) {
  auto const warmups = static_cast<std::uint64_t>(std::ranges::count(plan.runs, RunKind::warmup, &PlannedRun::kind));
  std::string text = plan.sustain_s
                         ? fmt::format("runs for {} s", *plan.sustain_s)
                         : (plan.target_half_width ? "at most " : "") + plural(plan.runs.size() - warmups, "run");
  if (warmups > 0) {
    text += " and " + plural(warmups, "warm-up");
  }
  if (plan.order == Order::grid) {
    return text + ", point after point";
  }
  return text + fmt::format(", in random order ({})",
                            config.seed ? fmt::format("seed {}", *config.seed) : "the seed is drawn at the start");
}

/// "4 ranks needed, 1 present", and what becomes of a launch like this one where it would not run.
std::string ranks_text(Plan const& plan, OversizedPoints oversized, int ranks_present) {
  std::string text =
      fmt::format("{} needed, {} present", plural(static_cast<std::size_t>(plan.ranks_needed), "rank"), ranks_present);
  if (plan.points.empty()) {
    return text + "; without a point the launch would be refused";
  }
  if (plan.ranks_needed > ranks_present && oversized == OversizedPoints::refuse) {
    return text + fmt::format("; the launch would be refused: start it with mpirun -n {}, or add --skip-oversized",
                              plan.ranks_needed);
  }
  return plan.refusal.empty() ? text : fmt::format("{}; the launch would be refused: {}", text, plan.refusal);
}

/// "2 replicas of 1000 bytes", "4 replicas of 2 scans".
std::string replicas_text(Plan const& plan, TargetInspection const& target) {
  std::size_t const scans = target.source_bytes.size();
  return fmt::format("{} of {}", plural(static_cast<std::uint64_t>(plan.replicas), "replica"),
                     scans == 1 ? size_text(target.source_bytes.front()) : plural(scans, "scan"));
}

/// Which replicas are copies of which scan, a line each; nothing where there is one.
std::string scans_text(Launch const& launch, TargetInspection const& target) {
  auto const& scans = launch.config.h5;
  std::string text;
  for (std::size_t scan = 0; scans.size() > 1 && scan < scans.size(); ++scan) {
    std::string const replicas = replicas_of(scan, scans.size(), launch.plan);
    text += fmt::format("  {} of {}: {}\n", scans[scan].string(), size_text(target.source_bytes[scan]),
                        replicas.empty() ? "not read, there is no rank for it" : "replicas " + replicas);
  }
  return text;
}

std::string notes_text(Launch const& launch, TargetInspection const& target) {
  bool const some_scan_twice = static_cast<std::size_t>(launch.plan.replicas) > launch.config.h5.size();
  std::string text;
  for (StagingNote const note : staging_notes(
           target.filesystem, some_scan_twice ? ReplicaContents::some_identical : ReplicaContents::different)) {
    text += fmt::format("  note: {}\n", advice(note, target.filesystem));
  }
  return text;
}

/// Whether some depth images take less room than those that take most.
bool differs_by_point(Plan const& plan) {
  return std::ranges::any_of(plan.points, [&plan](GridPoint const& point) {
    return point.output_gzip_level > 0 || point.output_layout != plan.points.front().output_layout;
  });
}

std::string images_text(Launch const& launch) {
  ReconstructionNeeds const& needs = launch.needs;
  auto const& points = launch.plan.points;
  std::string const size =
      fmt::format("{}{}", differs_by_point(launch.plan) ? "at most " : "", size_text(needs.output_bytes));
  bool const all_share = !points.empty() && std::ranges::all_of(points, [](GridPoint const& point) {
    return point.output_layout == OutputLayout::shared;
  });
  return all_share ? fmt::format("{} each, in one file of a run", size)
                   : fmt::format("each {} in {}", plural(needs.output_files, "file"), size);
}

std::string target_text(Launch const& launch, TargetInspection const& target) {
  SpaceNeeds const& space = target.space;
  std::uint64_t const missing_files = space.free_files ? space.files - std::min(space.files, *space.free_files) : 0;
  bool const fits = space.needed_bytes() <= space.free_bytes && missing_files == 0;
  auto const parallel = static_cast<std::uint64_t>(launch.plan.most_parallel);
  return fmt::format(
      "target {} ({})\n"
      "  {}; depth images of {} at a time, {}\n"
      "{}"
      "  needs {} and {}: {} and {} are free{}\n"
      "{}",
      target.staging_dir.string(), target.filesystem.type, replicas_text(launch.plan, target),
      plural(parallel, "reconstruction"), images_text(launch), scans_text(launch, target),
      size_text(space.needed_bytes()), plural(space.files, "file"), size_text(space.free_bytes),
      space.free_files ? plural(*space.free_files, "file") : "any number of files",
      fits ? "" : "; that does not fit, the launch would be refused", notes_text(launch, target));
}

/// They need no room of their own: their files are gone before depth images are written.
std::string ceilings_text(Launch const& launch) {
  if (launch.config.ceilings == CeilingMeasurement::off) {
    return {};
  }
  CeilingTraffic const traffic = most_ceiling_traffic(launch.plan, launch.needs);
  return fmt::format("ceilings: about {} read and {} written at most, in the room of the depth images\n",
                     size_text(traffic.read_bytes), size_text(traffic.written_bytes));
}

}  // namespace

std::string dry_run_text(Launch const& launch, std::vector<TargetInspection> const& targets, int ranks_present) {
  Plan const& plan = launch.plan;
  std::string target_texts;
  for (TargetInspection const& target : targets) {
    target_texts += target_text(launch, target);
  }
  return fmt::format(
      "{}"
      "{}\n"
      "plan {}\n"
      "{}\n"
      "scan: {} images of {} x {} pixels, {} depths\n"
      "{}{}"
      "memory: {} MiB per rank in effect for the largest point\n"
      "results: {}\n"
      "dry run: nothing was written\n\n"
      "configuration:\n{}\n",
      points_text(plan, launch.config), order_text(plan, launch.config), plan.plan_id,
      ranks_text(plan, launch.config.oversized, ranks_present), launch.needs.images, launch.needs.rows,
      launch.needs.columns, launch.needs.depths, target_texts, ceilings_text(launch),
      smallest_memory_in_effect(launch) >> 20U, launch.config.results.string(),
      to_json(launch.config).dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace lauebench
