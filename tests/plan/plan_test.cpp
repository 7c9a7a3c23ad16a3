#include "plan/plan.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <span>

#include <gmock/gmock.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t drawn_seed = 99;

RunConfig cpu_grid(std::vector<ParallelCount> parallel, std::vector<int> threads) {
  RunConfig config;
  config.h5 = {"scan.h5"};
  config.geometry = "geo.xml";
  config.staging_dirs = {"staging"};
  config.reconstruction.depth_range = {0.0, 40.0};
  config.mode = Mode::cpu;
  config.cpu_parallel = std::move(parallel);
  config.cpu_threads = std::move(threads);
  return config;
}

Resources ranks(int count) { return {.ranks_on_nodes = {count}, .gpu_unavailable = "no GPU visible"}; }

std::vector<std::string> ids(std::vector<GridPoint> const& points) {
  std::vector<std::string> result;
  result.reserve(points.size());
  for (auto const& point : points) {
    result.push_back(point.id);
  }
  return result;
}

/// "0m1" for the second measured run of point 0, "w" for warm-ups.
std::vector<std::string> sequence(Plan const& plan) {
  std::vector<std::string> result;
  result.reserve(plan.runs.size());
  for (auto const& run : plan.runs) {
    result.push_back(std::to_string(run.point) + (run.kind == RunKind::warmup ? "w" : "m") +
                     std::to_string(run.run_index));
  }
  return result;
}

std::string plan_error(RunConfig const& config, Resources const& resources) {
  try {
    static_cast<void>(make_plan(config, resources, drawn_seed));
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    return error.what();
  }
  return {};
}

TEST(Plan, PointsAreTheProductOfTheLists) {
  auto config = cpu_grid({1, 2}, {1, 4});
  config.mode = Mode::both;
  config.gpu_parallel = {1, 3};
  auto const plan = make_plan(config, {.ranks_on_nodes = {3}, .gpu_unavailable = {}}, drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-p1-t1", "cpu-p1-t4", "cpu-p2-t1", "cpu-p2-t4", "gpu-p1", "gpu-p3"));
  EXPECT_EQ(plan.points[3], (GridPoint{.id = "cpu-p2-t4", .parallel = 2, .threads = 4, .ranks_on_nodes = {2}}));
  EXPECT_EQ(plan.points[5], (GridPoint{.id = "gpu-p3", .device = Device::gpu, .parallel = 3, .ranks_on_nodes = {3}}));
  EXPECT_EQ(plan.replicas, 3);
  EXPECT_EQ(plan.ranks_needed, 3);
  EXPECT_THAT(plan.skipped, IsEmpty());
}

TEST(Plan, PrecisionIsAnAxisWhoseSingleHasASuffix) {
  auto config = cpu_grid({1, 2}, {4});
  config.mode = Mode::both;
  config.gpu_parallel = {1};
  config.precisions = {Precision::single_precision, Precision::double_precision};
  auto const plan = make_plan(config, {.ranks_on_nodes = {2}, .gpu_unavailable = {}}, drawn_seed);
  EXPECT_THAT(ids(plan.points),
              ElementsAre("cpu-p1-t4-single", "cpu-p1-t4", "cpu-p2-t4-single", "cpu-p2-t4", "gpu-p1-single", "gpu-p1"));
  EXPECT_EQ(plan.points[2], (GridPoint{.id = "cpu-p2-t4-single",
                                       .parallel = 2,
                                       .threads = 4,
                                       .precision = Precision::single_precision,
                                       .ranks_on_nodes = {2}}));
  EXPECT_EQ(plan.points[5].precision, Precision::double_precision);
  config.only = {"gpu-p1-single"};
  EXPECT_THAT(ids(make_plan(config, {.ranks_on_nodes = {2}, .gpu_unavailable = {}}, drawn_seed).points),
              ElementsAre("gpu-p1-single"));
}

TEST(Points, EachInEveryWayToStoreDepthImages) {
  auto config = cpu_grid({1}, {1});
  config.output_layouts = {OutputLayout::per_depth, OutputLayout::per_rank};
  config.output_gzip_levels = {0, 3};
  config.precisions = {Precision::double_precision, Precision::single_precision};
  config.only = {"cpu-p1-t1", "cpu-p1-t1-per-rank", "cpu-p1-t1-per-rank-gzip3", "cpu-p1-t1-per-rank-gzip3-single"};
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  EXPECT_EQ(point_ids(plan), config.only);
  ReconstructionParameters const parameters = parameters_of(config, plan.points.back());
  EXPECT_EQ(parameters.output_layout, OutputLayout::per_rank);
  EXPECT_EQ(parameters.output_gzip_level, 3);
  EXPECT_EQ(parameters.precision, Precision::single_precision);
  EXPECT_EQ(list_grid_points(config, 1).size(), 6U) << "files per depth are never compressed";
}

TEST(Plan, ParametersAreThoseOfTheRunWithThePointsPrecision) {
  auto config = cpu_grid({1}, {1});
  config.reconstruction.resolution_um = 0.5;
  config.precisions = {Precision::double_precision, Precision::single_precision};
  auto const points = list_grid_points(config, 1);
  auto expected = config.reconstruction;
  EXPECT_EQ(parameters_of(config, points.at(0)), expected);
  expected.precision = Precision::single_precision;
  EXPECT_EQ(parameters_of(config, points.at(1)), expected);
}

TEST(Plan, WithATargetTheRunsAreTheMostThatAreMade) {
  auto config = cpu_grid({1}, {1, 2});
  EXPECT_FALSE(make_plan(config, ranks(1), drawn_seed).target_half_width);
  config.target_ci_percent = 2.5;
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  EXPECT_EQ(plan.target_half_width, 0.025);
  EXPECT_EQ(plan.runs.size(), 2U * default_max_runs);
  EXPECT_EQ(plan.order, Order::random);
  config.max_runs = 7;
  EXPECT_EQ(make_plan(config, ranks(1), drawn_seed).runs.size(), 14U);
}

TEST(Plan, SustainedPointGetsItsLastRunAgainAndAgain) {
  auto config = cpu_grid({1}, {1, 2});
  config.sustain_s = 60.0;
  config.warmup = 1;
  EXPECT_THAT(plan_error(config, ranks(1)),
              "--sustain with 2 points (it repeats one of them): name it with --only: cpu-p1-t1, cpu-p1-t2");
  config.only = {"cpu-p1-t2"};
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  EXPECT_EQ(plan.sustain_s, 60.0);
  EXPECT_FALSE(fixes_number_of_runs(plan));
  EXPECT_EQ(planned_run(plan, 0), (PlannedRun{0, 0, RunKind::warmup}));
  EXPECT_EQ(planned_run(plan, 1), (PlannedRun{0, 0, RunKind::measured}));
  EXPECT_EQ(planned_run(plan, 2), (PlannedRun{0, 1, RunKind::measured}));
  EXPECT_EQ(planned_run(plan, 100), (PlannedRun{0, 99, RunKind::measured}));
}

TEST(Plan, GridOrderGoesPointByPoint) {
  auto config = cpu_grid({1, 2}, {1});
  config.order = Order::grid;
  config.runs = 2;
  config.warmup = 1;
  EXPECT_THAT(sequence(make_plan(config, ranks(2), drawn_seed)), ElementsAre("0w0", "0m0", "0m1", "1w0", "1m0", "1m1"));
}

TEST(Plan, OrderIsRandomFromTwoRunsOn) {
  auto config = cpu_grid({1}, {1, 2, 3});
  EXPECT_EQ(make_plan(config, ranks(1), drawn_seed).order, Order::grid);
  config.runs = 2;
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  EXPECT_EQ(plan.order, Order::random);
  EXPECT_EQ(plan.seed, drawn_seed);
  config.seed = 4;
  EXPECT_EQ(make_plan(config, ranks(1), drawn_seed).seed, 4U);
}

TEST(Plan, RandomOrderIsFixedByTheSeed) {
  auto config = cpu_grid({1}, {1, 2, 3, 4});
  config.runs = 3;
  config.warmup = 1;
  config.seed = 1;
  // From an independent implementation of MT19937-64 and Fisher and Yates' shuffle in Python.
  EXPECT_THAT(sequence(make_plan(config, ranks(1), drawn_seed)),
              ElementsAre("1w0", "2w0", "3w0", "0w0", "3m0", "1m0", "0m0", "2m0", "1m1", "2m1", "3m1", "0m1", "3m2",
                          "1m2", "2m2", "0m2"));
  auto const first = sequence(make_plan(config, ranks(1), drawn_seed));
  config.seed = 2;
  EXPECT_NE(sequence(make_plan(config, ranks(1), drawn_seed)), first);
}

TEST(Plan, RandomOrderGoesInRounds) {
  auto config = cpu_grid({1}, {1, 2, 3, 4, 5});
  config.runs = 20;
  config.warmup = 2;
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  ASSERT_EQ(plan.runs.size(), 5U * 22U);
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    int const round = static_cast<int>(i / 5);
    EXPECT_EQ(plan.runs[i].kind, round < 2 ? RunKind::warmup : RunKind::measured);
    EXPECT_EQ(plan.runs[i].run_index, round < 2 ? round : round - 2);
  }
  std::map<int, int> runs_of_point;
  for (auto const& run : plan.runs) {
    ++runs_of_point[run.point];
  }
  EXPECT_THAT(runs_of_point,
              ElementsAre(std::pair{0, 22}, std::pair{1, 22}, std::pair{2, 22}, std::pair{3, 22}, std::pair{4, 22}));
}

TEST(Plan, OnlySelectsPoints) {
  auto config = cpu_grid({1, 2}, {1, 2});
  config.only = {"cpu-p2-t1", "cpu-p1-t2"};
  EXPECT_THAT(ids(make_plan(config, ranks(2), drawn_seed).points), ElementsAre("cpu-p1-t2", "cpu-p2-t1"));
  config.only = {"cpu-p1-t2"};
  EXPECT_EQ(make_plan(config, ranks(1), drawn_seed).ranks_needed, 1);
  config.only = {"cpu-p2-t3"};
  EXPECT_EQ(plan_error(config, ranks(2)),
            "--only names the unknown point 'cpu-p2-t3' (the grid has none of this name): did you mean cpu-p2-t1?");
  config.only = {"everything"};
  EXPECT_THAT(plan_error(config, ranks(2)),
              HasSubstr("give points of the grid: cpu-p1-t1, cpu-p1-t2, cpu-p2-t1, cpu-p2-t2"));
}

TEST(Plan, GpuPointsAreSkippedWhereThereIsNoGpu) {
  auto config = cpu_grid({1}, {1});
  config.mode = Mode::both;
  config.gpu_parallel = {1, 64};
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-p1-t1"));
  ASSERT_EQ(plan.skipped.size(), 2U);
  EXPECT_EQ(plan.skipped[0].point.id, "gpu-p1");
  EXPECT_EQ(plan.skipped[1].point.id, "gpu-p64");
  EXPECT_EQ(plan.skipped[1].reason, "no GPU visible");
  EXPECT_EQ(plan.ranks_needed, 1);
  config.mode = Mode::gpu;
  EXPECT_THAT(plan_error(config, ranks(64)), HasSubstr("--mode gpu cannot run (no GPU visible): "));
  config.mode = Mode::both;
  config.only = {"gpu-p1"};
  EXPECT_THAT(plan_error(config, ranks(1)),
              HasSubstr("no point is left to run (all are skipped; gpu-p1: no GPU visible): "));
}

TEST(Plan, PointsThatANodeHasNoMemoryForAreSkipped) {
  auto const config = cpu_grid({1, 2}, {1});
  Resources small = ranks(2);
  small.without_memory = {{"cpu-p2-t1", "too little"}};
  auto const plan = make_plan(config, small, drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-p1-t1"));
  ASSERT_EQ(plan.skipped.size(), 1U);
  EXPECT_EQ(plan.skipped[0].reason, "too little");
  EXPECT_EQ(plan.replicas, 1);
  EXPECT_EQ(plan.plan_id, make_plan(config, ranks(2), drawn_seed).plan_id) << "another node may have more";
  small.without_memory["cpu-p1-t1"] = "far too little";
  EXPECT_THAT(plan_error(config, small),
              HasSubstr("no point is left to run (all are skipped; cpu-p1-t1: far too little): "));
}

TEST(Plan, TooFewRanksAreRefusedNamingTheNumber) {
  auto config = cpu_grid({1, 8, 2}, {1});
  EXPECT_EQ(
      plan_error(config, ranks(4)),
      "point cpu-p8-t1 needs 8 ranks, launched with 4 (each reconstruction of a point is one MPI rank): launch with "
      "mpirun -n 8, or add --skip-oversized");
}

TEST(Plan, TooFewRanksSkipWhenAsked) {
  auto config = cpu_grid({1, 8, 2}, {1});
  config.oversized = OversizedPoints::skip;
  auto const plan = make_plan(config, ranks(4), drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-p1-t1", "cpu-p2-t1"));
  ASSERT_EQ(plan.skipped.size(), 1U);
  EXPECT_EQ(plan.skipped[0].reason, "needs 8 ranks, launched with 4");
  EXPECT_EQ(plan.replicas, 2);
  EXPECT_EQ(plan.ranks_needed, 8);
  config.cpu_parallel = {8};
  EXPECT_THAT(plan_error(config, ranks(4)),
              HasSubstr("no point is left to run (all are skipped; cpu-p8-t1: needs 8 ranks"));
}

TEST(Plan, NodesAreAnAxisAndAPointUsesEachOfItsNodes) {
  auto config = cpu_grid({2, 4}, {1});
  config.nodes = {1, 2};
  Resources const two_nodes{.ranks_on_nodes = {4, 4}, .gpu_unavailable = {}};
  auto const plan = make_plan(config, two_nodes, drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-n1-p2-t1", "cpu-n1-p4-t1", "cpu-n2-p2-t1", "cpu-n2-p4-t1"));
  EXPECT_THAT(plan.points[1].ranks_on_nodes, ElementsAre(4, 0));
  EXPECT_THAT(plan.points[2].ranks_on_nodes, ElementsAre(1, 1));
  EXPECT_THAT(plan.points[3].ranks_on_nodes, ElementsAre(2, 2));
  EXPECT_THAT(plan.readers_on_nodes, ElementsAre(4, 2));
  EXPECT_EQ(plan.replicas, 6);
  EXPECT_EQ(plan.most_parallel, 4);
  config.placement = Placement::packed;
  EXPECT_EQ(plan_error(config, two_nodes),
            "point cpu-n2-p4-t1 cannot use all of its 2 nodes with 4 ranks and --placement packed (each reconstruction "
            "of a point is one MPI rank): launch with mpirun -n 4 and nodes to match, or add --skip-oversized");
  config.nodes = {4};
  EXPECT_THAT(plan_error(config, two_nodes), HasSubstr("needs 4 nodes, launched on 2"));
}

TEST(Plan, RanksCanBeCountedOnEachNode) {
  auto config = cpu_grid({{2, CountedOn::node}, {2, CountedOn::launch}}, {1});
  auto const plan = make_plan(config, {.ranks_on_nodes = {3, 2}, .gpu_unavailable = {}}, drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-n2-p4-t1", "cpu-p2-t1"));
  EXPECT_THAT(plan.points[0].ranks_on_nodes, ElementsAre(2, 2));
  EXPECT_THAT(plan.points[1].ranks_on_nodes, ElementsAre(2, 0));
  config.nodes = {1, 2};
  config.cpu_parallel = {{2, CountedOn::node}, {3, CountedOn::launch}};
  config.oversized = OversizedPoints::skip;
  Resources const unlike{.ranks_on_nodes = {2, 2}, .gpu_unavailable = {}};
  auto const axis = make_plan(config, unlike, drawn_seed);
  EXPECT_THAT(ids(axis.points), ElementsAre("cpu-n1-p2-t1", "cpu-n2-p4-t1", "cpu-n2-p3-t1"));
  ASSERT_EQ(axis.skipped.size(), 1U);
  EXPECT_EQ(axis.skipped[0].reason, "needs 3 ranks on 1 node, where 2 of 4 were launched");
  config.cpu_parallel = {{2, CountedOn::node}, {4, CountedOn::launch}};
  EXPECT_THAT(plan_error(config, unlike), HasSubstr("point cpu-n2-p4-t1 is asked for twice (once as ranks in all, "));
  config.cpu_parallel = {{1'000'000, CountedOn::node}};
  config.nodes = {4000};
  EXPECT_THAT(plan_error(config, unlike), HasSubstr("1000000 ranks on each of 4000 nodes (more than any launch has)"));
}

TEST(Plan, DryRunsShowPointsThatNeedMoreRanks) {
  auto config = cpu_grid({1, 8}, {1});
  config.dry_run = DryRun::yes;
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-p1-t1", "cpu-p8-t1"));
  EXPECT_EQ(plan.ranks_needed, 8);
  EXPECT_EQ(plan.replicas, 8);
  EXPECT_THAT(plan.refusal, HasSubstr("point cpu-p8-t1 needs 8 ranks, launched with 1"));
}

TEST(Plan, DryRunsTellOfALackOfNodes) {
  auto config = cpu_grid({2}, {1});
  config.nodes = {1, 2};
  EXPECT_THAT(plan_error(config, ranks(2)), HasSubstr("needs 2 nodes"));
  config.dry_run = DryRun::yes;
  EXPECT_THAT(make_plan(config, ranks(2), drawn_seed).refusal, HasSubstr("needs 2 nodes"));
  config.nodes = {1};
  EXPECT_EQ(make_plan(config, ranks(2), drawn_seed).refusal, "");
}

TEST(Plan, DryRunsShowGpuPointsWithoutAGpuAsSkipped) {
  auto config = cpu_grid({1}, {1});
  config.mode = Mode::gpu;
  config.gpu_parallel = {1, 2};
  config.dry_run = DryRun::yes;
  auto const plan = make_plan(config, ranks(1), drawn_seed);
  EXPECT_THAT(plan.points, IsEmpty());
  EXPECT_THAT(plan.runs, IsEmpty());
  ASSERT_EQ(plan.skipped.size(), 2U);
  EXPECT_EQ(plan.skipped[1].point.id, "gpu-p2");
  EXPECT_EQ(plan.skipped[1].reason, "no GPU visible");
}

TEST(Plan, AbsurdNumbersOfRepetitionsAreRefused) {
  auto config = cpu_grid({1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  config.runs = 1'000'000;
  EXPECT_THAT(plan_error(config, ranks(1)), HasSubstr("11000000 repetitions planned ("));
}

TEST(PlanId, IsTheSameForWhatChangesNoRun) {
  auto const config = cpu_grid({1, 2}, {1, 2});
  auto const id = make_plan(config, ranks(2), drawn_seed).plan_id;
  EXPECT_TRUE(std::regex_match(id, std::regex{"[0-9a-f]{32}"})) << id;
  auto other = config;
  other.runs = 7;
  other.warmup = 2;
  other.tag = "t";
  other.results = "elsewhere.jsonl";
  other.seed = 5;
  other.order = Order::grid;
  other.verbose = 3;
  other.dry_run = DryRun::yes;
  other.oversized = OversizedPoints::skip;
  other.cpu_parallel = {2, 1};
  EXPECT_EQ(make_plan(other, ranks(1), drawn_seed + 1).plan_id, id);
  other.only = {"cpu-p2-t2", "cpu-p1-t1", "cpu-p1-t2", "cpu-p2-t1"};
  EXPECT_EQ(make_plan(other, ranks(2), drawn_seed).plan_id, id);
}

TEST(Targets, EachGetsTheWholeGridAndTheirRunsTakeTurns) {
  auto config = cpu_grid({1, 2}, {1});
  config.staging_dirs = {"a", "b"};
  config.runs = 2;
  config.warmup = 1;
  config.order = Order::grid;
  Plan const plan = make_plan(config, ranks(2), drawn_seed);
  EXPECT_THAT(ids(plan.points), ElementsAre("cpu-p1-t1", "cpu-p1-t1", "cpu-p2-t1", "cpu-p2-t1"));
  EXPECT_EQ(plan.points[1].target, 1);
  EXPECT_THAT(sequence(plan),
              ElementsAre("0w0", "1w0", "0m0", "1m0", "0m1", "1m1", "2w0", "3w0", "2m0", "3m0", "2m1", "3m1"));
  EXPECT_THAT(point_ids(plan), ElementsAre("cpu-p1-t1", "cpu-p2-t1"));
  EXPECT_EQ(find_point(plan, "cpu-p2-t1", 1), &plan.points[3]);
  EXPECT_EQ(find_point(plan, "cpu-p2-t1", 2), nullptr);
  EXPECT_EQ(name_of(config, plan.points[3]), "cpu-p2-t1 in b");
  EXPECT_EQ(plan.replicas, 2) << "in each";
}

TEST(Targets, ArePartOfEachRandomRound) {
  auto config = cpu_grid({1, 2}, {1});
  config.staging_dirs = {"a", "b", "c"};
  config.runs = 2;
  Plan const plan = make_plan(config, ranks(2), drawn_seed);
  constexpr std::size_t runs_of_round = 6;
  for (std::size_t round = 0; round < 2; ++round) {
    std::vector<int> points(runs_of_round);
    std::ranges::transform(std::span(plan.runs).subspan(round * runs_of_round, runs_of_round), points.begin(),
                           &PlannedRun::point);
    EXPECT_THAT(points, testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5)) << round;
  }
}

TEST(InputLayout, SharedHasOneReplicaOfEachScanThatIsRead) {
  auto config = cpu_grid({3}, {1});
  config.h5 = {"a.h5", "b.h5"};
  EXPECT_EQ(make_plan(config, ranks(3), drawn_seed).replicas, 3);
  EXPECT_EQ(replica_of_reader(config, 2), 2);
  config.input_layout = InputLayout::shared;
  EXPECT_EQ(make_plan(config, ranks(3), drawn_seed).replicas, 2);
  EXPECT_EQ(replica_of_reader(config, 1), 1);
  EXPECT_EQ(replica_of_reader(config, 2), 0);
  config.cpu_parallel = {1};
  EXPECT_EQ(make_plan(config, ranks(3), drawn_seed).replicas, 1) << "nobody reads the other";
}

TEST(Targets, PointOfOneHasItsIdAlone) {
  auto const config = cpu_grid({1}, {1});
  EXPECT_EQ(name_of(config, make_plan(config, ranks(1), drawn_seed).points.front()), "cpu-p1-t1");
}

TEST(PlanId, ChangesWithEverythingThatChangesARun) {
  auto const base = cpu_grid({1, 2}, {1, 2});
  std::vector<RunConfig> variants(28, base);
  std::size_t next = 1;
  variants.at(next++).h5 = {"other.h5"};
  variants.at(next++).geometry = "other.xml";
  variants.at(next++).staging_dirs = {"other"};
  variants.at(next++).reconstruction.depth_range.end_um = 41.0;
  variants.at(next++).reconstruction.resolution_um = 0.5;
  variants.at(next++).reconstruction.wire_edge = WireEdge::trailing;
  variants.at(next++).reconstruction.detector = 1;
  variants.at(next++).reconstruction.percent_brightest = 99.0;
  variants.at(next++).reconstruction.output_type = ElementType::int32;
  variants.at(next++).reconstruction.cosmic_filter = CosmicFilter::on;
  variants.at(next++).reconstruction.area_rule = AreaRule::conserving;
  variants.at(next++).precisions = {Precision::single_precision};
  variants.at(next++).reconstruction.kernel_loop = KernelLoop::tiles;
  variants.at(next++).reconstruction.memory_limit = {1, LimitSource::asked};
  variants.at(next++).reconstruction.rows_per_stripe = 4;
  variants.at(next++).reconstruction.io_path = IoPath::hdf5;
  variants.at(next++).output_layouts = {OutputLayout::per_rank};
  variants.at(next).output_layouts = {OutputLayout::per_rank};
  variants.at(next++).output_gzip_levels = {1};
  variants.at(next++).placement = Placement::spread;
  variants.at(next++).nodes = {1};
  variants.at(next++).bind = Binding::none;
  variants.at(next++).gpu_pinning = GpuPinning::nearest;
  variants.at(next++).input_layout = InputLayout::shared;
  variants.at(next++).cpu_parallel = {1};
  variants.at(next++).cpu_threads = {1, 2, 4};
  variants.at(next++).only = {"cpu-p1-t1"};
  variants.at(next++).mode = Mode::both;
  ASSERT_EQ(next, variants.size());
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    auto const [found, is_new] = seen.emplace(make_plan(variants[i], ranks(2), drawn_seed).plan_id, i);
    EXPECT_TRUE(is_new) << "variant " << i << " has the id of variant " << found->second;
  }
}

}  // namespace
}  // namespace lauebench
