#include "bench/run_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "bench/stopping_rule.hpp"
#include "plan/shuffle.hpp"
#include "sample_reports.hpp"

namespace lauebench {
namespace {

using test::cpu_point;
using testing::ElementsAre;
using testing::IsEmpty;

Plan plan_of(int points, int runs, std::optional<double> target = std::nullopt, Order order = Order::random) {
  Plan plan;
  plan.target_half_width = target;
  for (int point = 0; point < points; ++point) {
    plan.points.push_back(cpu_point(1, point + 1));
  }
  int const outer = order == Order::grid ? points : runs;
  int const inner = order == Order::grid ? runs : points;
  for (int i = 0; i < outer; ++i) {
    for (int k = 0; k < inner; ++k) {
      plan.runs.push_back(order == Order::grid ? PlannedRun{i, k} : PlannedRun{k, i});
    }
  }
  return plan;
}

/// Makes all runs of a schedule: run `run_index` of a point takes time_of(point, run_index), empty for a failed one.
/// Returns the points in the order of execution; `clock_s` goes on.
template <class TimeOf>
std::vector<int> perform(Plan const& plan, RunSchedule& schedule, TimeOf time_of, double& clock_s) {
  std::vector<int> points;
  while (auto const run = schedule.next(clock_s)) {
    PlannedRun const planned = planned_run(plan, *run);
    points.push_back(planned.point);
    std::optional<double> const seconds = time_of(planned.point, planned.run_index);
    clock_s += seconds.value_or(1.0);
    schedule.finish(seconds);
  }
  return points;
}

TEST(RunSchedule, WithoutTargetEveryRunIsMadeInThePlansOrder) {
  Plan const plan = plan_of(2, 3);
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  auto const fails_at_first = [](int point, int run) {
    return point == 1 || run > 1 ? std::optional(1.0) : std::nullopt;
  };
  EXPECT_THAT(perform(plan, schedule, fails_at_first, clock_s), ElementsAre(0, 1, 0, 1, 0, 1));
  EXPECT_THAT(schedule.take_stopped(),
              ElementsAre(StoppedPoint{0, StopReason::runs}, StoppedPoint{1, StopReason::runs}));
  EXPECT_THAT(schedule.take_stopped(), IsEmpty()) << "each is told once";
}

EarlierRun earlier(int threads, int run_index, double seconds = 1.0) {
  return {"cpu-p1-t" + std::to_string(threads), 0, run_index, seconds, 0.0, CacheState::warm, {}, {1}};
}

TEST(RunSchedule, TimeBetweenRunsThatIsLeftOutCountsForNone) {
  Plan const plan = plan_of(1, 3);
  LaunchDeadlines deadlines;
  deadlines.time_limit_s = 10.0;
  RunSchedule schedule(plan, deadlines);
  EXPECT_EQ(schedule.next(0.0), 0);
  schedule.finish(1.0);
  schedule.leave_out(5.0);
  EXPECT_EQ(schedule.next(6.0), 1) << "another second fits";
  EXPECT_DOUBLE_EQ(schedule.most_seconds_of(2), 2.0);
  schedule.finish(1.0);
  EXPECT_EQ(schedule.next(7.0), 2);
}

TEST(RunSchedule, RunsOfEarlierLaunchesAreNotMadeAgain) {
  Plan plan = plan_of(2, 3);
  plan.runs.insert(plan.runs.begin(), {{0, 0, RunKind::warmup}, {1, 0, RunKind::warmup}});
  RunSchedule schedule(plan, {}, {earlier(1, 0), earlier(1, 2), earlier(2, 1), earlier(2, 0), earlier(2, 2)});
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{1, StopReason::runs}));
  EXPECT_EQ(planned_run(plan, schedule.next(0.0).value()), (PlannedRun{0, 0, RunKind::warmup}));
  schedule.finish(1.0);
  EXPECT_EQ(planned_run(plan, schedule.next(1.0).value()), (PlannedRun{0, 1, RunKind::measured}));
  schedule.finish(1.0);
  EXPECT_EQ(schedule.next(2.0), std::nullopt);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::runs}));
}

TEST(RunSchedule, TimesOfEarlierLaunchesCountForTheTarget) {
  Plan const plan = plan_of(1, 50, 0.02);
  std::vector<EarlierRun> runs;
  runs.reserve(least_target_ci_runs);
  for (int run = 0; run < least_target_ci_runs - 1; ++run) {
    runs.push_back(earlier(1, run));
  }
  RunSchedule schedule(plan, {}, runs);
  EXPECT_EQ(planned_run(plan, schedule.next(0.0).value()).run_index, least_target_ci_runs - 1);
  schedule.finish(1.0);
  EXPECT_EQ(schedule.next(1.0), std::nullopt);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::target_ci}));
}

/// Point 0 is steady, point 1 needs more runs: its deviation shrinks like 1 / sqrt(n).
std::optional<double> steady_and_restless(int point, int run) {
  return point == 0 ? 1.0 : std::exp(run % 2 == 0 ? 0.03 : -0.03);
}

TEST(RunSchedule, PointsThatAreDoneLeaveTheRounds) {
  Plan const plan = plan_of(2, 50, 0.02);
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  auto const points = perform(plan, schedule, steady_and_restless, clock_s);
  EXPECT_EQ(std::vector<int>(points.begin(), points.begin() + 12),
            (std::vector<int>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(std::ranges::count(points, 0), least_target_ci_runs);
  // sinh(t(0.975, n - 1) * 0.03 * sqrt(n / (n - 1)) / sqrt(n)) <= 0.02 from n = 12 on (odd n have a little less)
  EXPECT_EQ(std::ranges::count(points, 1), 12);
  EXPECT_THAT(schedule.take_stopped(),
              ElementsAre(StoppedPoint{0, StopReason::target_ci}, StoppedPoint{1, StopReason::target_ci}));
}

TEST(RunSchedule, InGridOrderOnePointIsDoneBeforeTheNextBegins) {
  Plan const plan = plan_of(2, 50, 0.02, Order::grid);
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  auto const points = perform(plan, schedule, steady_and_restless, clock_s);
  EXPECT_TRUE(std::ranges::is_sorted(points));
  EXPECT_EQ(std::ranges::count(points, 0), least_target_ci_runs);
}

TEST(RunSchedule, MostRunsIncludeFailedOnes) {
  Plan const plan = plan_of(1, 8, 0.0001);
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  auto const second_fails = [](int, int run) { return run == 1 ? std::nullopt : std::optional(1.0 + 0.1 * run); };
  EXPECT_EQ(perform(plan, schedule, second_fails, clock_s).size(), 8U);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::max_runs}));
}

TEST(RunSchedule, PointThatOnlyFailsEndsAfterThree) {
  Plan const plan = plan_of(2, 50, 0.02);
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  auto const first_fails = [](int point, int) { return point == 0 ? std::nullopt : std::optional(1.0); };
  auto const points = perform(plan, schedule, first_fails, clock_s);
  EXPECT_EQ(std::ranges::count(points, 0), most_failures_in_a_row);
  EXPECT_EQ(std::ranges::count(points, 1), least_target_ci_runs);
  EXPECT_EQ(schedule.take_stopped().front(), (StoppedPoint{0, StopReason::only_failures}));
}

TEST(RunSchedule, SustainedPointRunsUntilItsTimeIsOver) {
  Plan plan = plan_of(1, 1);
  plan.runs.insert(plan.runs.begin(), {0, 0, RunKind::warmup});
  plan.sustain_s = 10.0;
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  auto const takes_three = [](int, int) { return std::optional(3.0); };
  EXPECT_EQ(perform(plan, schedule, takes_three, clock_s).size(), 5U);
  EXPECT_EQ(clock_s, 15.0) << "the warm-up does not count, and the run that is under way is finished";
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::sustained, 12.0}));
}

TEST(RunSchedule, SustainedPointThatOnlyFailsEndsAfterThree) {
  Plan plan = plan_of(1, 1);
  plan.sustain_s = 1000.0;
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  EXPECT_EQ(perform(
                plan, schedule, [](int, int) { return std::optional<double>(); }, clock_s)
                .size(),
            3U);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::only_failures}));
}

/// Whose runs fail from the fourth on, but for the sixth.
std::optional<double> fails_later(int /*point*/, int run) {
  return run < 3 || run == 5 ? std::optional(1.0 + 0.1 * run) : std::nullopt;
}

TEST(RunSchedule, SustainedPointThatGoesOnFailingEndsAfterThreeInARow) {
  Plan plan = plan_of(1, 1);
  plan.sustain_s = 1000.0;
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  EXPECT_EQ(perform(plan, schedule, fails_later, clock_s).size(), 9U) << "two in a row are not enough";
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::failures_in_a_row}));
}

TEST(RunSchedule, PointThatGoesOnFailingOnItsWayToATargetEndsAfterThreeInARow) {
  Plan const plan = plan_of(1, 50, 0.0001);
  RunSchedule schedule(plan, {});
  double clock_s = 0.0;
  EXPECT_EQ(perform(plan, schedule, fails_later, clock_s).size(), 9U);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::failures_in_a_row}));
}

TEST(RunSchedule, TimeLimitEndsASustainedPoint) {
  Plan plan = plan_of(1, 1);
  plan.sustain_s = 1000.0;
  RunSchedule schedule(plan, {.time_limit_s = 7.0});
  double clock_s = 0.0;
  EXPECT_EQ(perform(
                plan, schedule, [](int, int) { return std::optional(3.0); }, clock_s)
                .size(),
            2U);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::time_limit, 6.0}));
}

TEST(RunSchedule, SlowPointStopsForTimeAndShortOnesGoOn) {
  Plan const plan = plan_of(2, 20);
  RunSchedule schedule(plan, {.time_limit_s = 35.0});
  double clock_s = 0.0;
  auto const slow_and_fast = [](int point, int) { return std::optional(point == 0 ? 10.0 : 1.0); };
  auto const points = perform(plan, schedule, slow_and_fast, clock_s);
  EXPECT_EQ(std::ranges::count(points, 0), 3) << "33 s are gone then";
  EXPECT_EQ(std::ranges::count(points, 1), 4);
  EXPECT_LT(clock_s, 35.0);
  EXPECT_THAT(schedule.take_stopped(),
              ElementsAre(StoppedPoint{0, StopReason::time_limit}, StoppedPoint{1, StopReason::time_limit}));
}

TEST(RunSchedule, LongestRunSoFarIsExpectedWarmUpsAndTimeBetweenRunsIncluded) {
  Plan plan = plan_of(1, 20);
  plan.runs.insert(plan.runs.begin(), {0, 0, RunKind::warmup});
  RunSchedule schedule(plan, {.time_limit_s = 10.0});
  EXPECT_EQ(schedule.next(0.0), 0);
  schedule.finish(3.0);
  EXPECT_EQ(schedule.next(4.0), 1) << "the warm-up took 4 s with what came after it";
  schedule.finish(0.5);
  EXPECT_EQ(schedule.next(5.9), 2);
  schedule.finish(0.1);
  EXPECT_EQ(schedule.next(6.0), std::nullopt) << "4 s would not end before 10 s";
}

TEST(RunSchedule, BeforeItsFirstRunAPointIsExpectedToTakeAsLongAsTheLongestOfAll) {
  Plan const plan = plan_of(3, 1);
  RunSchedule schedule(plan, {.time_limit_s = 10.0});
  EXPECT_EQ(schedule.next(0.0), 0);
  schedule.finish(4.0);
  EXPECT_EQ(schedule.next(4.0), 1);
  schedule.finish(2.5);
  EXPECT_EQ(schedule.next(6.5), std::nullopt);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::runs}, StoppedPoint{1, StopReason::runs},
                                                   StoppedPoint{2, StopReason::time_limit}));
}

TEST(RunSchedule, FirstRunOfALaunchIsTriedUnlessTheTimeIsOver) {
  Plan const plan = plan_of(1, 1);
  EXPECT_EQ(RunSchedule(plan, {.time_limit_s = 10.0}).next(9.9), 0);
  EXPECT_EQ(RunSchedule(plan, {.time_limit_s = 10.0}).next(10.0), std::nullopt);
}

TEST(RunSchedule, EarlierDeadlineIsTheLaunchs) {
  Plan const plan = plan_of(1, 1);
  EXPECT_EQ(RunSchedule(plan, {.time_limit_s = 3.0, .allocation_end_s = 2.0}).deadline_s(), 2.0);
  EXPECT_TRUE(std::isinf(RunSchedule(plan, {}).deadline_s()));
}

TEST(RunSchedule, EarlierDeadlineIsTheReason) {
  Plan const plan = plan_of(1, 1);
  RunSchedule limited(plan, {.time_limit_s = 1.0, .allocation_end_s = 2.0});
  RunSchedule ending(plan, {.time_limit_s = 2.0, .allocation_end_s = 1.0});
  EXPECT_EQ(limited.next(3.0), std::nullopt);
  EXPECT_EQ(ending.next(3.0), std::nullopt);
  EXPECT_THAT(limited.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::time_limit}));
  EXPECT_THAT(ending.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::allocation_end}));
}

TEST(RunSchedule, SignalStopsWhatIsNotDone) {
  Plan const plan = plan_of(2, 1);
  RunSchedule schedule(plan, {});
  EXPECT_EQ(schedule.next(0.0), 0);
  schedule.finish(1.0);
  schedule.stop_all(StopReason::interrupted, 1.0);
  EXPECT_THAT(schedule.take_stopped(),
              ElementsAre(StoppedPoint{0, StopReason::runs}, StoppedPoint{1, StopReason::interrupted}));
}

TEST(RunSchedule, FailureStopsWhatIsNotDoneWhereItEndsTheLaunch) {
  Plan const plan = plan_of(2, 2);
  RunSchedule schedule(plan, {});
  EXPECT_EQ(schedule.next(0.0), 0);
  schedule.finish(std::nullopt);
  schedule.stop_all(StopReason::fail_fast, 1.0);
  EXPECT_EQ(schedule.next(1.0), std::nullopt);
  EXPECT_THAT(schedule.take_stopped(),
              ElementsAre(StoppedPoint{0, StopReason::fail_fast}, StoppedPoint{1, StopReason::fail_fast}));
}

TEST(RunSchedule, RunThatWasPutBackComesAgainAndCountsOnce) {
  Plan const plan = plan_of(1, 1);
  RunSchedule schedule(plan, {.time_limit_s = 10.0});
  EXPECT_EQ(schedule.next(0.0), 0);
  schedule.put_back();
  EXPECT_THAT(schedule.take_stopped(), IsEmpty());
  EXPECT_EQ(schedule.next(20.0), 0) << "it is still to be made, whether there is time or not";
  schedule.finish(1.0);
  EXPECT_EQ(schedule.next(21.0), std::nullopt);
  EXPECT_THAT(schedule.take_stopped(), ElementsAre(StoppedPoint{0, StopReason::runs}));
}

// ---- what repetition up to a target makes of the interval

/// Normal, the same with every library.
double draw_normal(RandomBits& bits) {
  constexpr double steps = 9007199254740992.0;  // 2^53
  double const uniform = (static_cast<double>(bits() >> 11U) + 0.5) / steps;
  return boost::math::quantile(boost::math::normal(), uniform);
}

struct Coverage {
  double share = 0.0;
  double mean_runs = 0.0;
  int stopped_by_target = 0;
};

/// Of series whose times have the geometric mean 1 and logarithms of deviation `sigma`.
Coverage simulate(double sigma, double target, int series) {
  RandomBits bits{20260101};
  Plan const plan = plan_of(1, 400, target);
  Coverage coverage;
  for (int i = 0; i < series; ++i) {
    RunSchedule schedule(plan, {});
    std::vector<double> times;
    double clock_s = 0.0;
    perform(
        plan, schedule,
        [&](int, int) { return std::optional(times.emplace_back(std::exp(sigma * draw_normal(bits)))); }, clock_s);
    ConfidenceInterval const interval = describe(times).value().confidence.value();
    coverage.share += interval.low <= 1.0 && 1.0 <= interval.high ? 1.0 / series : 0.0;
    coverage.mean_runs += static_cast<double>(times.size()) / series;
    coverage.stopped_by_target += schedule.take_stopped().front().reason == StopReason::target_ci ? 1 : 0;
  }
  return coverage;
}

class SimulatedSeries : public testing::TestWithParam<double> {};

TEST_P(SimulatedSeries, StopWithAnIntervalThatCoversTheTruth) {
  constexpr double target = 0.02;
  constexpr int series = 2000;
  Coverage const found = simulate(GetParam() * target, target, series);
  std::cout << fmt::format("deviation {} times the target: covered {:.1f} %, {:.1f} runs\n", GetParam(),
                           100.0 * found.share, found.mean_runs);
  EXPECT_GE(found.share, 0.92);
  EXPECT_EQ(found.stopped_by_target, series);
}

INSTANTIATE_TEST_SUITE_P(RunSchedule, SimulatedSeries, testing::Values(0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0));

}  // namespace
}  // namespace lauebench
