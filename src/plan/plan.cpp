#include "plan/plan.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "config/error.hpp"
#include "config/nearest_name.hpp"
#include "config/option_entries.hpp"
#include "config/words.hpp"
#include "plan/plan_id.hpp"
#include "plan/rank_placement.hpp"
#include "plan/shuffle.hpp"

namespace lauebench {
namespace {

/// Of a point's id. Double precision has none: ids of grids with one precision are older than this axis.
std::string_view suffix_of(Precision precision) { return precision == Precision::double_precision ? "" : "-single"; }

/// Of a point's id. What is the default has none, as with precisions.
std::string suffix_of(OutputLayout layout, int gzip_level) {
  return (layout == OutputLayout::per_depth ? std::string() : fmt::format("-{}", to_word(layout))) +
         (gzip_level == 0 ? std::string() : fmt::format("-gzip{}", gzip_level));
}

/// `point` once for each precision of the grid.
void append_precisions(std::vector<GridPoint>& points, GridPoint const& point, RunConfig const& config) {
  for (Precision const precision : config.precisions) {
    GridPoint& added = points.emplace_back(point);
    added.id += suffix_of(precision);
    added.precision = precision;
  }
}

/// `point` once for each way to store depth images, and for each precision.
void append_outputs(std::vector<GridPoint>& points, GridPoint const& point, RunConfig const& config) {
  for (OutputLayout const layout : config.output_layouts) {
    for (int const gzip_level : config.output_gzip_levels) {
      if (can_be_stored(layout, gzip_level)) {
        GridPoint added = point;
        added.id += suffix_of(layout, gzip_level);
        added.output_layout = layout;
        added.output_gzip_level = gzip_level;
        append_precisions(points, added, config);
      }
    }
  }
}

int ranks_on(int per_node, int nodes) {
  auto const ranks = std::int64_t{per_node} * nodes;
  if (ranks > std::numeric_limits<int>::max()) {
    throw bad_input(fmt::format("{} ranks on each of {} nodes", per_node, nodes), "more than any launch has",
                    "give smaller numbers");
  }
  return static_cast<int>(ranks);
}

/// `all_nodes` there are; without a number of its own a point may use them all.
GridPoint make_point(Device device, ParallelCount const& parallel, int threads, std::optional<int> nodes,
                     int all_nodes) {
  bool const is_per_node = parallel.on == CountedOn::node;
  GridPoint point;
  point.device = device;
  point.threads = threads;
  point.nodes = is_per_node ? nodes.value_or(all_nodes) : nodes;
  point.parallel = is_per_node ? ranks_on(parallel.count, *point.nodes) : parallel.count;
  point.per_node = is_per_node ? std::optional(parallel.count) : std::nullopt;
  point.id = fmt::format("{}{}-p{}{}", device == Device::cpu ? "cpu" : "gpu",
                         point.nodes ? fmt::format("-n{}", *point.nodes) : "", point.parallel,
                         device == Device::cpu ? fmt::format("-t{}", threads) : "");
  return point;
}

/// The values of --nodes; without it, the one that says nothing.
std::vector<std::optional<int>> node_axis(RunConfig const& config) {
  return config.nodes ? std::vector<std::optional<int>>(config.nodes->begin(), config.nodes->end())
                      : std::vector<std::optional<int>>{std::nullopt};
}

/// Keeps the first of points with one id. Throws Error (bad_input) where the same number of ranks is to lie in two
/// ways.
void drop_repeated(std::vector<GridPoint>& points) {
  std::map<std::string, std::optional<int>> seen;
  std::erase_if(points, [&seen](GridPoint const& point) {
    auto const [first, is_new] = seen.try_emplace(point.id, point.per_node);
    if (first->second != point.per_node) {
      throw bad_input(fmt::format("point {} is asked for twice", point.id),
                      "once as ranks in all, once as ranks on each node", "give one of the two in a launch");
    }
    return !is_new;
  });
}

std::vector<std::string_view> ids_of(std::vector<GridPoint> const& points) {
  std::vector<std::string_view> ids;
  ids.reserve(points.size());
  for (auto const& point : points) {
    ids.push_back(point.id);
  }
  return ids;
}

/// The points that --only names, or all.
std::vector<GridPoint> selected_points(RunConfig const& config, int nodes) {
  auto points = list_grid_points(config, nodes);
  auto const ids = ids_of(points);
  for (auto const& name : config.only) {
    if (std::ranges::find(ids, name) == ids.end()) {
      auto const list = fmt::format("give points of the grid: {}", fmt::join(ids, ", "));
      throw bad_input(fmt::format("--only names the unknown point '{}'", name), "the grid has none of this name",
                      suggest_name(name, ids, "", list));
    }
  }
  if (!config.only.empty()) {
    std::erase_if(points, [&config](GridPoint const& point) {
      return std::ranges::find(config.only, point.id) == config.only.end();
    });
  }
  return points;
}

/// Each of `points` once for every staging folder, one behind the other.
std::vector<GridPoint> on_each_target(std::vector<GridPoint> const& points, std::size_t targets) {
  std::vector<GridPoint> all;
  all.reserve(points.size() * targets);
  for (GridPoint const& point : points) {
    for (std::size_t target = 0; target < targets; ++target) {
      all.emplace_back(point).target = static_cast<int>(target);
    }
  }
  return all;
}

int most_parallel(std::vector<GridPoint> const& points) {
  return std::accumulate(points.begin(), points.end(), 0,
                         [](int most, GridPoint const& point) { return std::max(most, point.parallel); });
}

/// Moves the points that `is_hindered` from `plan.points` to `plan.skipped`.
template <class Predicate, class Reason>
void skip_points(Plan& plan, Predicate is_hindered, Reason reason) {
  for (auto const& point : plan.points) {
    if (is_hindered(point)) {
      plan.skipped.push_back({point, reason(point)});
    }
  }
  std::erase_if(plan.points, is_hindered);
}

void apply_gpu_availability(Plan& plan, RunConfig const& config, Resources const& resources) {
  if (resources.gpu_unavailable.empty()) {
    return;
  }
  if (config.mode == Mode::gpu && config.dry_run == DryRun::no) {
    throw bad_input("--mode gpu cannot run", resources.gpu_unavailable,
                    "use --mode cpu, or start on a node with a GPU and the CUDA module (see laue-bench info)");
  }
  skip_points(
      plan, [](GridPoint const& point) { return point.device == Device::gpu; },
      [&resources](GridPoint const&) { return resources.gpu_unavailable; });
}

using Problems = std::map<std::string, std::string>;  ///< by point id

/// Deals out the launch's ranks to the points. Returns those that it cannot hold, and why.
Problems place_points(Plan& plan, RunConfig const& config, Resources const& resources) {
  Problems problems;
  for (GridPoint& point : plan.points) {
    PlacedRanks placed = place_ranks(point, placement_of(config), resources.ranks_on_nodes);
    point.ranks_on_nodes = std::move(placed.on_nodes);
    if (!placed.problem.empty()) {
      problems[point.id] = std::move(placed.problem);
    }
  }
  return problems;
}

/// For the largest point that the launch cannot hold.
Error too_large(Plan const& plan, Problems const& problems) {
  auto const size = [&problems](GridPoint const& point) { return problems.contains(point.id) ? point.parallel : 0; };
  auto const largest = std::ranges::max_element(plan.points, {}, size);
  return bad_input(fmt::format("point {} {}", largest->id, problems.at(largest->id)),
                   "each reconstruction of a point is one MPI rank",
                   fmt::format("launch with mpirun -n {}{}, or add --skip-oversized", plan.ranks_needed,
                               largest->nodes ? " and nodes to match" : ""));
}

void apply_ranks(Plan& plan, RunConfig const& config, Resources const& resources) {
  plan.ranks_needed = most_parallel(plan.points);
  Problems const problems = place_points(plan, config, resources);
  if (config.oversized == OversizedPoints::skip) {
    skip_points(
        plan, [&problems](GridPoint const& point) { return problems.contains(point.id); },
        [&problems](GridPoint const& point) { return problems.at(point.id); });
  } else if (!problems.empty()) {
    Error const error = too_large(plan, problems);
    if (config.dry_run == DryRun::no) {
      throw error;
    }
    plan.refusal = error.what();
  }
}

void apply_memory(Plan& plan, Resources const& resources) {
  skip_points(
      plan, [&resources](GridPoint const& point) { return resources.without_memory.contains(point.id); },
      [&resources](GridPoint const& point) { return resources.without_memory.at(point.id); });
}

/// How many ranks of each node take part in some point.
std::vector<int> readers_on_nodes(std::vector<GridPoint> const& points, std::size_t nodes) {
  std::vector<int> readers(nodes);
  for (GridPoint const& point : points) {
    for (std::size_t node = 0; node < nodes; ++node) {
      readers[node] = std::max(readers[node], point.ranks_on_nodes[node]);
    }
  }
  return readers;
}

/// Points `first` to `last` - 1 in turns.
void append_turns(Plan& plan, int first, int last, int runs, RunKind kind) {
  for (int run = 0; run < runs; ++run) {
    for (int point = first; point < last; ++point) {
      plan.runs.push_back({point, run, kind});
    }
  }
}

void append_in_grid_order(Plan& plan, int warmups, int runs) {
  auto const begin = plan.points.begin();
  for (auto first = begin; first != plan.points.end();) {
    auto const last =
        std::find_if(first, plan.points.end(), [first](auto const& point) { return point.id != first->id; });
    auto const from = static_cast<int>(first - begin);
    auto const to = static_cast<int>(last - begin);
    append_turns(plan, from, to, warmups, RunKind::warmup);
    append_turns(plan, from, to, runs, RunKind::measured);
    first = last;
  }
}

void append_rounds(Plan& plan, int rounds, RunKind kind, RandomBits& bits) {
  std::vector<int> order(plan.points.size());
  for (int round = 0; round < rounds; ++round) {
    std::iota(order.begin(), order.end(), 0);
    shuffle(order, bits);
    for (int const point : order) {
      plan.runs.push_back({point, round, kind});
    }
  }
}

void append_runs(Plan& plan, RunConfig const& config) {
  auto const points = static_cast<std::int64_t>(plan.points.size());
  int const runs = most_runs(config);
  auto const planned = points * (std::int64_t{runs} + config.warmup);
  if (planned > max_planned_runs) {
    throw bad_input(fmt::format("{} repetitions planned", planned),
                    fmt::format("{} points, {} warm-ups and {} runs each; at most {} in all", points, config.warmup,
                                runs, max_planned_runs),
                    "lower --runs, --max-runs or --warmup, or shorten the lists");
  }
  if (plan.order == Order::grid) {
    append_in_grid_order(plan, config.warmup, runs);
    return;
  }
  RandomBits bits{plan.seed};
  append_rounds(plan, config.warmup, RunKind::warmup, bits);
  append_rounds(plan, runs, RunKind::measured, bits);
}

void require_one_point(std::vector<GridPoint> const& points) {
  if (points.size() != 1) {
    throw bad_input(fmt::format("--sustain with {} points", points.size()), "it repeats one of them",
                    fmt::format("name it with --only: {}", fmt::join(ids_of(points), ", ")));
  }
}

}  // namespace

PlannedRun planned_run(Plan const& plan, int index) {
  auto const last = static_cast<int>(plan.runs.size()) - 1;
  PlannedRun run = plan.runs[static_cast<std::size_t>(std::min(index, last))];
  run.run_index += std::max(0, index - last);
  return run;
}

GridPoint const* find_point(Plan const& plan, std::string_view id, int target) {
  auto const found = std::ranges::find_if(
      plan.points, [id, target](GridPoint const& point) { return point.id == id && point.target == target; });
  return found == plan.points.end() ? nullptr : &*found;
}

std::vector<std::string> point_ids(Plan const& plan) {
  std::vector<std::string> ids;
  for (GridPoint const& point : plan.points) {
    if (ids.empty() || ids.back() != point.id) {
      ids.push_back(point.id);
    }
  }
  return ids;
}

std::vector<GridPoint> list_grid_points(RunConfig const& config, int nodes) {
  std::vector<GridPoint> points;
  auto const append = [&](Device device, std::vector<ParallelCount> const& parallel, std::vector<int> const& threads) {
    for (std::optional<int> const used_nodes : node_axis(config)) {
      for (ParallelCount const& count : parallel) {
        for (int const thread_count : threads) {
          append_outputs(points, make_point(device, count, thread_count, used_nodes, nodes), config);
        }
      }
    }
  };
  if (config.mode != Mode::gpu) {
    append(Device::cpu, config.cpu_parallel, config.cpu_threads);
  }
  if (config.mode != Mode::cpu) {
    append(Device::gpu, config.gpu_parallel, {1});
  }
  drop_repeated(points);
  return points;
}

std::filesystem::path const& staging_dir_of(RunConfig const& config, GridPoint const& point) {
  return config.staging_dirs[static_cast<std::size_t>(point.target)];
}

std::string name_of(RunConfig const& config, GridPoint const& point) {
  return config.staging_dirs.size() == 1 ? point.id
                                         : fmt::format("{} in {}", point.id, staging_dir_of(config, point).string());
}

int replica_of_reader(RunConfig const& config, int reader) {
  return config.input_layout == InputLayout::replicas ? reader : reader % static_cast<int>(config.h5.size());
}

ReconstructionParameters parameters_of(RunConfig const& config, GridPoint const& point) {
  ReconstructionParameters parameters = config.reconstruction;
  parameters.precision = point.precision;
  parameters.output_layout = point.output_layout;
  parameters.output_gzip_level = point.output_gzip_level;
  return parameters;
}

Plan make_plan(RunConfig const& config, Resources const& resources, std::uint64_t seed) {
  Plan plan;
  std::size_t const nodes = resources.ranks_on_nodes.size();
  auto const cells = selected_points(config, static_cast<int>(nodes));
  plan.plan_id = make_plan_id(config, cells);
  plan.points = on_each_target(cells, config.staging_dirs.size());
  plan.order = config.order.value_or(most_runs(config) > 1 ? Order::random : Order::grid);
  plan.seed = config.seed.value_or(seed);
  apply_gpu_availability(plan, config, resources);
  apply_ranks(plan, config, resources);
  apply_memory(plan, resources);
  if (plan.points.empty() && config.dry_run == DryRun::no) {
    throw bad_input("no point is left to run",
                    plan.skipped.empty() ? "the grid is empty"
                                         : fmt::format("all are skipped; {}: {}", plan.skipped.front().point.id,
                                                       plan.skipped.front().reason),
                    "change --mode, the lists of the grid or --memory-limit-mb, or launch with more ranks");
  }
  if (config.sustain_s && !plan.points.empty()) {
    require_one_point(plan.points);
  }
  plan.sustain_s = config.sustain_s;
  plan.most_parallel = most_parallel(plan.points);
  plan.readers_on_nodes = readers_on_nodes(plan.points, nodes);
  plan.replicas = std::accumulate(plan.readers_on_nodes.begin(), plan.readers_on_nodes.end(), 0);
  if (config.input_layout == InputLayout::shared) {
    plan.replicas = std::min(plan.replicas, static_cast<int>(config.h5.size()));
  }
  if (config.target_ci_percent) {
    constexpr double percent = 100.0;
    plan.target_half_width = *config.target_ci_percent / percent;
  }
  append_runs(plan, config);
  return plan;
}

}  // namespace lauebench
