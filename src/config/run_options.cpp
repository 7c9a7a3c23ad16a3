#include "config/option_tables.hpp"
#include "config/parallel_count.hpp"
#include "config/repetition_values.hpp"
#include "config/run_end_options.hpp"
#include "config/run_file_options.hpp"
#include "config/shared_file_options.hpp"
#include "config/shared_options.hpp"

namespace lauebench {
namespace {

constexpr std::string_view grid_group = "Grid";
constexpr std::string_view repetition_group = "Repetitions";

using Table = OptionTable<RunConfig>;

WholeNumberList<int> counts(int maximum) {
  constexpr std::size_t max_entries = 1000;
  return {.entry = {.minimum = 1, .maximum = maximum}, .max_entries = max_entries};
}

/// Says which points exist, as the options of the grid; it stands with those of the kernel, as in `reconstruct`.
OptionSpec<RunConfig> precision_option() {
  return make_option<RunConfig>(
      precision_text("WORD,...", "arithmetic of the kernel, double or single; with both the grid has each point twice"),
      WordList<Precision>{}, [](auto& c) -> auto& { return c.precisions; });
}

/// How depth images lie in files: which points exist, too.
void append_outputs(Table& table) {
  table.push_back(make_option<RunConfig>(
      stored_images_text("output-layout", "WORD,...",
                         "how depth images lie in files: per-depth, each in one of its own; per-rank, all of a "
                         "reconstruction in one, [depth][row][column]; shared, all of a run in one through MPI-IO, "
                         "[rank][depth][row][column]; the grid has each point in each layout"),
      WordList<OutputLayout>{}, [](auto& c) -> auto& { return c.output_layouts; }));
  table.push_back(make_option<RunConfig>(
      stored_images_text("output-compression", "none,gzip:L,...",
                         "HDF5 filter of depth images, level 1 to 9; a chunk is the rows of a stripe at one "
                         "depth. Files per depth are never compressed; other layouts are points for each"),
      ListOf<CompressionText>{}, [](auto& c) -> auto& { return c.output_gzip_levels; }));
}

/// What is done before each run, outside the clock.
void append_preparation(Table& table) {
  table.push_back(
      make_option<RunConfig>({.name = "cache",
                              .placeholder = "warm|cold|none",
                              .help = "where the scan's copies are when a run begins: warm, in memory; cold, evicted "
                                      "from it; none leaves them as they are. Every record says what was reached",
                              .group = repetition_group,
                              .audience = Audience::advanced,
                              .plan_role = PlanRole::changes_run},
                             WordOf<CachePolicy>{}, [](auto& c) -> auto& { return c.cache; }));
  table.push_back(make_option<RunConfig>({.name = "before-run",
                                          .placeholder = "COMMAND",
                                          .help = "command for /bin/sh, once on every node before each run and before "
                                                  "--cache; its status is recorded",
                                          .group = repetition_group,
                                          .audience = Audience::advanced,
                                          .plan_role = PlanRole::changes_run},
                                         ShellCommand{}, [](auto& c) -> auto& { return c.before_run; }));
}

/// Where the ranks of a point are.
void append_placement(Table& table) {
  table.push_back(make_option<RunConfig>(
      {.name = "nodes",
       .placeholder = "N,...",
       .help = "how many of the launch's nodes a point uses: one more axis of the grid",
       .group = grid_group,
       .audience = Audience::advanced,
       .shown_default = "all, no axis"},
      MaybeAbsent<WholeNumberList<int>>{counts(max_count)}, [](auto& c) -> auto& { return c.nodes; }));
  table.push_back(make_option<RunConfig>(
      {.name = "placement",
       .placeholder = "packed|spread",
       .help = "which ranks a point uses: those of one node after the other, or of its nodes in turn",
       .group = grid_group,
       .audience = Audience::advanced,
       .plan_role = PlanRole::changes_run,
       .shown_default = "packed, or spread with --nodes"},
      MaybeAbsent<WordOf<Placement>>{}, [](auto& c) -> auto& { return c.placement; }));
  table.push_back(make_option<RunConfig>(
      {.name = "bind",
       .placeholder = "auto|none|inherit",
       .help = "cores of a rank: auto, an equal share of those that the launcher gave its node's ranks, near its GPU; "
               "none, all of them; inherit, what the launcher bound it to",
       .group = grid_group,
       .audience = Audience::advanced,
       .plan_role = PlanRole::changes_run},
      WordOf<Binding>{}, [](auto& c) -> auto& { return c.bind; }));
  table.push_back(make_option<RunConfig>(
      {.name = "gpu-pinning",
       .placeholder = "round-robin|nearest|none",
       .help = "GPU of a rank: those that it sees dealt to its node's ranks in turn; one next to the cores that the "
               "launcher gave it; none, the first, where the launcher shows each rank another one",
       .group = grid_group,
       .audience = Audience::advanced,
       .plan_role = PlanRole::changes_run},
      WordOf<GpuPinning>{}, [](auto& c) -> auto& { return c.gpu_pinning; }));
}

void append_grid(Table& table) {
  table.push_back(make_option<RunConfig>(
      {.name = "mode", .placeholder = "cpu|gpu|both", .help = "which points the grid has", .group = grid_group},
      WordOf<Mode>{}, [](auto& c) -> auto& { return c.mode; }));
  table.push_back(make_option<RunConfig>({.name = "cpu-parallel",
                                          .placeholder = "N,...",
                                          .help = "reconstructions at a time, in all or 4/node (ranks), CPU",
                                          .group = grid_group},
                                         ParallelCountList{}, [](auto& c) -> auto& { return c.cpu_parallel; }));
  table.push_back(make_option<RunConfig>({.name = "cpu-threads",
                                          .placeholder = "N,...",
                                          .help = "threads of each reconstruction, CPU",
                                          .group = grid_group},
                                         counts(max_kernel_threads), [](auto& c) -> auto& { return c.cpu_threads; }));
  table.push_back(make_option<RunConfig>({.name = "gpu-parallel",
                                          .placeholder = "N,...",
                                          .help = "reconstructions at a time, in all or 4/node (ranks), GPU",
                                          .group = grid_group},
                                         ParallelCountList{}, [](auto& c) -> auto& { return c.gpu_parallel; }));
  append_placement(table);
  table.push_back(make_option<RunConfig>({.name = "only",
                                          .placeholder = "POINT,...",
                                          .help = "run these points of the grid alone, such as cpu-p2-t4 or gpu-p1",
                                          .group = grid_group,
                                          .audience = Audience::advanced},
                                         NameList{}, [](auto& c) -> auto& { return c.only; }));
  table.push_back(make_option<RunConfig>({.name = "skip-oversized",
                                          .placeholder = "",
                                          .help = "skip points that need more ranks than were launched, instead of "
                                                  "refusing to start",
                                          .group = grid_group,
                                          .audience = Audience::advanced},
                                         Switch<OversizedPoints>{OversizedPoints::refuse, OversizedPoints::skip},
                                         [](auto& c) -> auto& { return c.oversized; }));
}

void append_repetition_counts(Table& table) {
  using MaybeCount = MaybeAbsent<WholeNumber<int>>;
  table.push_back(make_option<RunConfig>({.name = "runs",
                                          .placeholder = "N",
                                          .help = "measured repetitions of each point",
                                          .group = repetition_group,
                                          .shown_default = "1"},
                                         MaybeCount{{.minimum = 1, .maximum = max_count}},
                                         [](auto& c) -> auto& { return c.runs; }));
  table.push_back(make_option<RunConfig>(
      {.name = "target-ci",
       .placeholder = "P",
       .help = "instead of --runs: repeat each point, at least 6 times, until half the 95 % interval of its time is at "
               "most P percent of it",
       .group = repetition_group,
       .audience = Audience::advanced},
      MaybeAbsent<PercentText>{}, [](auto& c) -> auto& { return c.target_ci_percent; }));
  table.push_back(make_option<RunConfig>(
      {.name = "max-runs",
       .placeholder = "N",
       .help = "with --target-ci, the most measured repetitions of each point, failed ones included",
       .group = repetition_group,
       .audience = Audience::advanced,
       .shown_default = "100"},
      MaybeCount{{.minimum = least_target_ci_runs, .maximum = max_count}},
      [](auto& c) -> auto& { return c.max_runs; }));
  table.push_back(make_option<RunConfig>(
      {.name = "sustain",
       .placeholder = "DURATION",
       .help =
           "instead of --runs: repeat the grid's one point for so long, and compare the last tenth of its runs with "
           "the first",
       .group = repetition_group,
       .audience = Audience::advanced},
      MaybeAbsent<DurationText>{}, [](auto& c) -> auto& { return c.sustain_s; }));
}

/// What is done before the measured runs.
void append_preliminaries(Table& table) {
  table.push_back(make_option<RunConfig>({.name = "warmup",
                                          .placeholder = "N",
                                          .help = "repetitions of each point before the measured ones, recorded apart",
                                          .group = repetition_group,
                                          .audience = Audience::advanced},
                                         WholeNumber<int>{.minimum = 0, .maximum = max_count},
                                         [](auto& c) -> auto& { return c.warmup; }));
  table.push_back(make_option<RunConfig>(
      {.name = "ceilings",
       .placeholder = "",
       .help = "measure first what each point could attain: plain reading and writing, memory, copies, kernel alone",
       .group = repetition_group,
       .audience = Audience::advanced},
      Switch<CeilingMeasurement>{CeilingMeasurement::off, CeilingMeasurement::on},
      [](auto& c) -> auto& { return c.ceilings; }));
}

void append_verification(Table& table) {
  table.push_back(
      make_option<RunConfig>({.name = "verify",
                              .placeholder = "none|first|golden",
                              .help = "after each run, its time being over, hold every rank's depth images against "
                                      "those of the launch's first run, or against --golden-digest",
                              .group = repetition_group,
                              .audience = Audience::advanced},
                             WordOf<Verification>{}, [](auto& c) -> auto& { return c.verify; }));
  table.push_back(make_option<RunConfig>(
      {.name = "read-back",
       .placeholder = "",
       .help = "verify what is stored: depth images are written to disk and dropped from the "
               "page cache before they are read again",
       .group = repetition_group,
       .audience = Audience::advanced},
      Switch<ReadBack>{ReadBack::off, ReadBack::on}, [](auto& c) -> auto& { return c.read_back; }));
  table.push_back(make_option<RunConfig>({.name = "golden-digest",
                                          .placeholder = "FILE",
                                          .help = "file that begins with the digest of the right depth images, as "
                                                  "run records have it; of several scans, a line each",
                                          .group = repetition_group,
                                          .audience = Audience::advanced},
                                         PathText{}, [](auto& c) -> auto& { return c.golden_digest; }));
}

void append_order(Table& table) {
  table.push_back(
      make_option<RunConfig>({.name = "order",
                              .placeholder = "grid|random",
                              .help = "point after point, or in rounds over all points, each in random order",
                              .group = repetition_group,
                              .audience = Audience::advanced,
                              .shown_default = "random from 2 runs on"},
                             MaybeAbsent<WordOf<Order>>{}, [](auto& c) -> auto& { return c.order; }));
  table.push_back(make_option<RunConfig>({.name = "seed",
                                          .placeholder = "N",
                                          .help = "seed of the random order",
                                          .group = repetition_group,
                                          .audience = Audience::advanced,
                                          .shown_default = "drawn at start and recorded"},
                                         MaybeAbsent<WholeNumber<std::uint64_t>>{},
                                         [](auto& c) -> auto& { return c.seed; }));
}

void append_general(Table& table) {
  table.push_back(make_option<RunConfig>({.name = "resume",
                                          .placeholder = "",
                                          .help = "go on with the last launch in the results file, which had the same "
                                                  "plan: runs that succeeded are not made again",
                                          .group = general_group,
                                          .audience = Audience::advanced},
                                         Switch<Resume>{Resume::no, Resume::yes},
                                         [](auto& c) -> auto& { return c.resume; }));
  table.push_back(make_option<RunConfig>({.name = "tag",
                                          .placeholder = "TEXT",
                                          .help = "label that is recorded with the results",
                                          .group = general_group,
                                          .audience = Audience::advanced},
                                         FreeText{}, [](auto& c) -> auto& { return c.tag; }));
  table.push_back(make_option<RunConfig>(
      {.name = "dry-run", .placeholder = "", .help = "show the plan and stop; writes nothing", .group = general_group},
      Switch<DryRun>{DryRun::no, DryRun::yes}, [](auto& c) -> auto& { return c.dry_run; }));
  table.push_back(make_option<RunConfig>({.name = "progress",
                                          .placeholder = "",
                                          .help = "the updating progress line also where stderr is no terminal",
                                          .group = general_group,
                                          .audience = Audience::advanced},
                                         Switch<ProgressLine>{ProgressLine::automatic, ProgressLine::on},
                                         [](auto& c) -> auto& { return c.progress; }));
  table.push_back(profile_option<RunConfig>());
  table.push_back(verbose_option<RunConfig>());
}

Table make_table() {
  Table table;
  append_file_options(table);
  append_reconstruction_options(table, Audience::advanced);
  append_kernel_options(table, precision_option());
  append_outputs(table);
  append_shared_file_options(table);
  append_grid(table);
  append_repetition_counts(table);
  append_end_options(table, repetition_group);
  append_preliminaries(table);
  append_verification(table);
  append_order(table);
  append_preparation(table);
  append_general(table);
  return table;
}

}  // namespace

OptionTable<RunConfig> const& run_options() {
  static Table const table = make_table();
  return table;
}

}  // namespace lauebench
