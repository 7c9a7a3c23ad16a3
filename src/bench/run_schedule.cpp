#include "bench/run_schedule.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "bench/stopping_rule.hpp"

namespace lauebench {

RunSchedule::RunSchedule(Plan const& plan, LaunchDeadlines const& deadlines)
    : plan_(plan), deadline_(earliest(deadlines)), points_(plan.points.size()) {
  for (PlannedRun const& run : plan.runs) {
    points_[static_cast<std::size_t>(run.point)].most_runs += run.kind == RunKind::measured ? 1 : 0;
  }
}

std::optional<int> RunSchedule::next(double now_s) {
  count_duration(now_s);
  for (; std::cmp_less(position_, plan_.runs.size()); ++position_) {
    PointState const& state = state_of_run(position_);
    if (state.is_done) {
      continue;
    }
    if (fits(state, now_s)) {
      began_s_ = now_s;
      current_ = position_++;
      return current_;
    }
    stop(plan_.runs[static_cast<std::size_t>(position_)].point, deadline_.reason);
  }
  return std::nullopt;
}

void RunSchedule::finish(std::optional<double> total_wall_s) {
  PlannedRun const& run = plan_.runs[static_cast<std::size_t>(current_.value())];
  PointState& state = points_[static_cast<std::size_t>(run.point)];
  if (run.kind == RunKind::warmup) {
    return;
  }
  if (total_wall_s) {
    state.total_wall_s.push_back(*total_wall_s);
  } else {
    ++state.failed;
  }
  auto const& target = plan_.target_half_width;
  int const succeeded = static_cast<int>(state.total_wall_s.size());
  if (target && is_precise_enough(state.total_wall_s, *target)) {
    stop(run.point, StopReason::target_ci);
  } else if (succeeded + state.failed == state.most_runs) {
    stop(run.point, target ? StopReason::max_runs : StopReason::runs);
  } else if (target && succeeded == 0 && state.failed == most_first_failures) {
    stop(run.point, StopReason::only_failures);
  }
}

void RunSchedule::interrupt() {
  for (int point = 0; std::cmp_less(point, points_.size()); ++point) {
    stop(point, StopReason::interrupted);
  }
}

std::vector<StoppedPoint> RunSchedule::take_stopped() { return std::exchange(stopped_, {}); }

RunSchedule::PointState& RunSchedule::state_of_run(int run) {
  return points_[static_cast<std::size_t>(plan_.runs[static_cast<std::size_t>(run)].point)];
}

bool RunSchedule::fits(PointState const& state, double now_s) const {
  return now_s + state.longest_s.value_or(longest_s_) < deadline_.seconds;
}

void RunSchedule::count_duration(double now_s) {
  if (!current_) {
    return;
  }
  double const took_s = now_s - began_s_;
  PointState& state = state_of_run(*current_);
  state.longest_s = std::max(state.longest_s.value_or(took_s), took_s);
  longest_s_ = std::max(longest_s_, took_s);
  current_.reset();
}

void RunSchedule::stop(int point, StopReason reason) {
  PointState& state = points_[static_cast<std::size_t>(point)];
  if (!state.is_done) {
    state.is_done = true;
    stopped_.push_back({point, reason});
  }
}

}  // namespace lauebench
