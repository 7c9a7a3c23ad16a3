#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace lauebench {

enum class Device : std::uint8_t { cpu, gpu };

/// One cell of the grid in one staging folder: `parallel` concurrent reconstructions, each with `threads` threads (cpu)
/// or one GPU.
struct GridPoint {
  std::string id;  ///< "cpu-p2-t4", "gpu-p2", "gpu-n2-p8-per-rank-gzip1-single" (on 2 nodes); what --only takes; the
                   ///< same in each folder
  Device device = Device::cpu;
  int parallel = 1;
  int threads = 1;  ///< 1 for gpu points
  Precision precision = Precision::double_precision;
  OutputLayout output_layout = OutputLayout::per_depth;
  int output_gzip_level = 0;          ///< of depth images; 0: not compressed
  int target = 0;                     ///< which of the configuration's staging folders it runs in
  std::optional<int> nodes{};         ///< that it uses; empty: as many as its placement has it
  std::optional<int> per_node{};      ///< ranks on each of them; empty: as its placement has it
  std::vector<int> ranks_on_nodes{};  ///< of a planned point: how many ranks of each of the launch's nodes take part

  friend bool operator==(GridPoint const&, GridPoint const&) = default;
};

/// A point that is left out, and why ("needs 8 ranks, launched with 4").
struct SkippedPoint {
  GridPoint point;
  std::string reason;
};

enum class RunKind : std::uint8_t { warmup, measured };

/// One repetition of a point.
struct PlannedRun {
  int point = 0;      ///< index into Plan::points
  int run_index = 0;  ///< 0 .. runs-1 of its kind and point
  RunKind kind = RunKind::measured;

  friend bool operator==(PlannedRun const&, PlannedRun const&) = default;
};

struct Plan {
  std::vector<GridPoint> points;
  std::vector<SkippedPoint> skipped;
  /// In the order of execution; warm-ups of a point precede its measured runs. With a target they are the most that are
  /// made, and a point that is done leaves the order.
  std::vector<PlannedRun> runs;
  std::optional<double> target_half_width;  ///< relative, of a point's 95 % interval; empty: every run is made
  std::optional<double> sustain_s;          ///< how long the last of `runs` is made again and again; empty: once
  int most_parallel = 0;                    ///< over points
  std::vector<int> readers_on_nodes;        ///< ranks of each node that take part in some point
  int replicas = 0;      ///< one for each of them; with InputLayout::shared, for each scan that is read
  int ranks_needed = 0;  ///< for all points that only a lack of ranks can hinder
  Order order = Order::grid;
  std::uint64_t seed = 0;
  /// Of a dry run: why the launch would be refused for a lack of ranks or nodes; empty: it is not.
  std::string refusal;
  std::string plan_id;  ///< digest (32 hex digits) of what defines the grid and what one run does
};

/// Whether `runs` are all that will be made, unless something ends the launch early.
[[nodiscard]] inline bool fixes_number_of_runs(Plan const& plan) { return !plan.target_half_width && !plan.sustain_s; }

/// The run that is made as number `index` of the order: beyond the end of `runs`, its last one once more.
[[nodiscard]] PlannedRun planned_run(Plan const& plan, int index);

/// The planned point with this id in staging folder number `target`; null: there is none.
[[nodiscard]] GridPoint const* find_point(Plan const& plan, std::string_view id, int target);

/// Of the planned points, in their order; each once, in however many staging folders it is run.
[[nodiscard]] std::vector<std::string> point_ids(Plan const& plan);

/// What the launch offers; found out by the caller.
struct Resources {
  std::vector<int> ranks_on_nodes{1};
  std::string gpu_unavailable;                          ///< empty: GPU points can run; else the loader's reason
  std::map<std::string, std::string> without_memory{};  ///< points that a node has too little memory for; why, by id
};

/// Points, repetitions and order; no MPI, no file is touched. `seed` is used where the configuration has none.
///
/// Order grid: point after point, each with its warm-ups, then its measured runs; those of the same point in other
/// staging folders take turns with them. Order random: in rounds, so that each
/// point gets its r-th run before any gets its (r+1)-th; the points of a round stand in an order that the seed alone
/// decides, on every machine; the rounds of warm-ups come first. The default is random where a point has 2 runs or
/// more, else grid.
///
/// Throws Error (bad_input) when a point needs more ranks or nodes than there are (naming the -n needed) unless
/// oversized points are skipped or this is a dry run, when mode is gpu and there is none (a dry run skips its points),
/// when --only names an unknown point, when --sustain finds another number of points than one, when there are more than
/// `max_planned_runs` repetitions, and when nothing is left to run (a dry run may be left with nothing).
[[nodiscard]] Plan make_plan(RunConfig const& config, Resources const& resources, std::uint64_t seed);

/// More repetitions than this in one launch are taken for a mistake.
inline constexpr std::int64_t max_planned_runs = 10'000'000;

/// The points of the configuration's grid in its first staging folder without `only` on `nodes` nodes, CPU before GPU,
/// in the order of its lists; layouts and precisions of one point follow each other. Throws Error (bad_input) when "8"
/// and "4/node" would be one point, and for more ranks than an int holds.
[[nodiscard]] std::vector<GridPoint> list_grid_points(RunConfig const& config, int nodes);

[[nodiscard]] std::filesystem::path const& staging_dir_of(RunConfig const& config, GridPoint const& point);

/// The id, and where there are several staging folders, which one: "cpu-p2-t4 in /scratch/a".
[[nodiscard]] std::string name_of(RunConfig const& config, GridPoint const& point);

/// The number of the replica that the ranks' reader number `reader` (of Plan::readers_on_nodes) reads.
[[nodiscard]] int replica_of_reader(RunConfig const& config, int reader);

/// What the reconstructions of a point are made with.
[[nodiscard]] ReconstructionParameters parameters_of(RunConfig const& config, GridPoint const& point);

}  // namespace lauebench
