#include "bench/dry_run.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/measure_ceilings.hpp"
#include "bench/point_result.hpp"
#include "bench/records_json.hpp"
#include "bench/result_table.hpp"
#include "config/config_json.hpp"

namespace lauebench {
namespace {

std::string counted(std::uint64_t count, char const* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

/// As in the table that ends a launch: succeeded of planned, without warm-ups.
std::string points_text(Plan const& plan) {
  std::vector<std::vector<std::string>> rows{{"point", "runs"}};
  for (PointResult const& result : empty_results(plan)) {
    rows.push_back({result.point().id, runs_text(result)});
  }
  std::string text = aligned_text(rows);
  for (SkippedPoint const& skip : plan.skipped) {
    text += fmt::format("skipped {}: {}\n", skip.point.id, skip.reason);
  }
  return text;
}

/// "8 runs and 4 warm-ups, in random order (seed drawn at start)". A seed that was drawn for this plan is no use to
/// anybody: the real launch draws another one.
std::string order_text(Plan const& plan, RunConfig const& config) {
  auto const warmups = static_cast<std::uint64_t>(std::ranges::count(plan.runs, RunKind::warmup, &PlannedRun::kind));
  std::string text = counted(plan.runs.size() - warmups, "run");
  if (warmups > 0) {
    text += " and " + counted(warmups, "warm-up");
  }
  if (plan.order == Order::grid) {
    return text + ", point after point";
  }
  return text + fmt::format(", in random order ({})",
                            config.seed ? fmt::format("seed {}", *config.seed) : "the seed is drawn at the start");
}

std::string target_text(Launch const& launch, TargetInspection const& target) {
  SpaceNeeds const& space = target.space;
  ReconstructionNeeds const& needs = launch.needs;
  std::uint64_t const missing_files = space.free_files ? space.files - std::min(space.files, *space.free_files) : 0;
  bool const fits = space.needed_bytes() <= space.free_bytes && missing_files == 0;
  auto const parallel = static_cast<std::uint64_t>(launch.plan.replicas);
  return fmt::format(
      "target {} ({})\n"
      "  {} of {} bytes; depth images of {} at a time, each {} in {} bytes\n"
      "  needs {} bytes and {}: {} bytes and {} are free{}\n",
      target.staging_dir.string(), target.filesystem.type, counted(parallel, "replica"), target.source_bytes,
      counted(parallel, "reconstruction"), counted(needs.output_files, "file"), needs.output_bytes,
      space.needed_bytes(), counted(space.files, "file"), space.free_bytes,
      space.free_files ? counted(*space.free_files, "file") : "any number of files", fits ? "" : "; that does not fit");
}

/// They need no room of their own: their files are gone before depth images are written.
std::string ceilings_text(Launch const& launch) {
  if (launch.config.ceilings == CeilingMeasurement::off) {
    return {};
  }
  CeilingTraffic const traffic = most_ceiling_traffic(launch.plan, launch.needs);
  return fmt::format(
      "ceilings: about {} bytes read and {} bytes written at most before the first run, in the room of the depth "
      "images\n",
      traffic.read_bytes, traffic.written_bytes);
}

}  // namespace

std::string dry_run_text(Launch const& launch, TargetInspection const& target, int ranks_present) {
  Plan const& plan = launch.plan;
  return fmt::format(
      "{}"
      "{}\n"
      "plan {}\n"
      "{} needed, {} present\n"
      "scan: {} images of {} x {} pixels, {} depths\n"
      "{}{}"
      "memory: {} MiB per rank in effect for the largest point\n"
      "results: {}\n"
      "dry run: nothing was written\n\n"
      "configuration:\n{}\n",
      points_text(plan), order_text(plan, launch.config), plan.plan_id,
      counted(static_cast<std::uint64_t>(plan.ranks_needed), "rank"), ranks_present, launch.needs.images,
      launch.needs.rows, launch.needs.columns, launch.needs.depths, target_text(launch, target), ceilings_text(launch),
      smallest_memory_in_effect(launch.site, asked_memory_bytes(launch.config), std::max(1, plan.replicas)) >> 20U,
      launch.config.results.string(), to_json(launch.config).dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace lauebench
