#include "bench/run_schedule.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "bench/stopping_rule.hpp"

namespace lauebench {

RunSchedule::RunSchedule(Plan const& plan, LaunchDeadlines const& deadlines, std::vector<EarlierRun> const& earlier)
    : plan_(plan), deadline_(earliest(deadlines)), points_(plan.points.size()) {
  for (PlannedRun const& run : plan.runs) {
    points_[static_cast<std::size_t>(run.point)].most_runs += run.kind == RunKind::measured ? 1 : 0;
  }
  std::ranges::for_each(earlier, [this](EarlierRun const& run) { count(run); });
  for (int point = 0; std::cmp_less(point, points_.size()); ++point) {
    if (auto const reason = enough(points_[static_cast<std::size_t>(point)])) {
      stop(point, *reason);
    }
  }
}

std::optional<int> RunSchedule::next(double now_s) {
  if (put_back_) {
    began_s_ = now_s;
    current_ = std::exchange(put_back_, {});
    return current_;
  }
  count_duration(now_s);
  for (; has_run(position_); ++position_) {
    PointState const& state = state_of_run(position_);
    if (state.is_done || is_earlier(planned_run(plan_, position_))) {
      continue;
    }
    if (is_sustained(now_s)) {
      stop(planned_run(plan_, position_).point, StopReason::sustained, now_s);
    } else if (fits(state, now_s)) {
      return begin(now_s);
    } else {
      stop(planned_run(plan_, position_).point, deadline_.reason, now_s);
    }
  }
  return std::nullopt;
}

int RunSchedule::begin(double now_s) {
  began_s_ = now_s;
  if (!measuring_since_s_ && planned_run(plan_, position_).kind == RunKind::measured) {
    measuring_since_s_ = now_s;
  }
  current_ = position_;
  return position_++;
}

void RunSchedule::finish(std::optional<double> total_wall_s) {
  PlannedRun const run = planned_run(plan_, current_.value());
  PointState& state = points_[static_cast<std::size_t>(run.point)];
  if (run.kind == RunKind::warmup) {
    return;
  }
  if (total_wall_s) {
    state.total_wall_s.push_back(*total_wall_s);
    state.failed_in_a_row = 0;
  } else {
    ++state.failed;
    ++state.failed_in_a_row;
  }
  if (auto const reason = enough(state)) {
    stop(run.point, *reason);
  } else if (!fixes_number_of_runs(plan_) && state.failed_in_a_row == most_failures_in_a_row) {
    stop(run.point, state.total_wall_s.empty() ? StopReason::only_failures : StopReason::failures_in_a_row);
  }
}

std::optional<StopReason> RunSchedule::enough(PointState const& state) const {
  auto const& target = plan_.target_half_width;
  if (target && is_precise_enough(state.total_wall_s, *target)) {
    return StopReason::target_ci;
  }
  bool const are_all_made =
      std::cmp_greater_equal(state.total_wall_s.size() + static_cast<std::size_t>(state.failed), state.most_runs);
  if (plan_.sustain_s || !are_all_made) {
    return std::nullopt;
  }
  return target ? StopReason::max_runs : StopReason::runs;
}

void RunSchedule::put_back() { put_back_ = std::exchange(current_, {}); }

void RunSchedule::stop_all(StopReason reason, double now_s) {
  for (int point = 0; std::cmp_less(point, points_.size()); ++point) {
    stop(point, reason, now_s);
  }
}

std::vector<StoppedPoint> RunSchedule::take_stopped() { return std::exchange(stopped_, {}); }

void RunSchedule::count(EarlierRun const& run) {
  if (GridPoint const* const point = find_point(plan_, run.point_id, run.target)) {
    PointState& state = points_[static_cast<std::size_t>(point - plan_.points.data())];
    state.earlier.insert(run.run_index);
    state.total_wall_s.push_back(run.total_wall_s);
  }
}

bool RunSchedule::is_earlier(PlannedRun const& run) const {
  return run.kind == RunKind::measured && points_[static_cast<std::size_t>(run.point)].earlier.contains(run.run_index);
}

RunSchedule::PointState& RunSchedule::state_of_run(int run) {
  return points_[static_cast<std::size_t>(planned_run(plan_, run).point)];
}

bool RunSchedule::has_run(int position) const {
  return std::cmp_less(position, plan_.runs.size()) || (plan_.sustain_s && !points_.front().is_done);
}

bool RunSchedule::is_sustained(double now_s) const {
  return plan_.sustain_s && measuring_since_s_ && now_s - *measuring_since_s_ >= *plan_.sustain_s;
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

void RunSchedule::stop(int point, StopReason reason, std::optional<double> now_s) {
  PointState& state = points_[static_cast<std::size_t>(point)];
  if (!state.is_done) {
    state.is_done = true;
    bool const is_timed = plan_.sustain_s && measuring_since_s_ && now_s;
    stopped_.push_back({point, reason, is_timed ? std::optional(*now_s - *measuring_since_s_) : std::nullopt});
  }
}

}  // namespace lauebench
