#include "bench/point_result.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace lauebench {

PointResult::PointResult(GridPoint point, std::optional<int> planned_runs, std::optional<double> sustain_s)
    : point_(std::move(point)), planned_(planned_runs), sustain_s_(sustain_s) {}

void PointResult::add(int run_index, RunRecord const& record) {
  for (RunFlag const flag : record.flags) {
    ++flags_[flag];
  }
  ++cache_states_[record.cache.state];
  if (!record.success) {
    ++failed_;
    return;
  }
  run_indices_.push_back(run_index);
  total_wall_s_.push_back(record.total_wall_s);
  energies_.push_back(record.energy);
  pixel_steps_ = 0.0;
  for (RankReport const& report : record.ranks) {
    pixel_steps_ += report.outcome.pixel_steps();
    auto const* const accuracy = std::get_if<DepthAccuracy>(&report.accuracy);
    if (accuracy != nullptr && std::ranges::find(accuracies_, *accuracy) == accuracies_.end()) {
      accuracies_.push_back(*accuracy);
    }
  }
  for (CeilingKind const kind : ceiling_kinds) {
    if (auto const seconds = busy_s(record, kind)) {
      busy_s_[kind].push_back(*seconds);
    }
  }
}

void PointResult::add_earlier(EarlierRun const& run) {
  for (RunFlag const flag : run.flags) {
    ++flags_[flag];
  }
  ++cache_states_[run.cache];
  ++resumed_;
  run_indices_.push_back(run.run_index);
  total_wall_s_.push_back(run.total_wall_s);
  pixel_steps_ = run.pixel_steps;
}

void PointResult::add_ceilings(PointCeilings const& ceilings) {
  for (CeilingKind const kind : ceiling_kinds) {
    if (auto const* const measured = std::get_if<Ceiling>(&ceilings.of[kind])) {
      ceiling_rates_[kind].push_back(measured->per_second());
    }
  }
  if (ceilings.moment == CeilingMoment::start) {
    ceilings_ = ceilings;
  }
}

std::optional<SampleStatistics> PointResult::statistics() const { return describe(total_wall_s_); }

std::optional<std::vector<int>> PointResult::outliers() const {
  auto found = lauebench::outliers(total_wall_s_);
  if (found) {
    std::ranges::transform(*found, found->begin(),
                           [this](int position) { return run_indices_[static_cast<std::size_t>(position)]; });
  }
  return found;
}

std::optional<bool> PointResult::is_first_slow() const {
  bool const first_succeeded = !run_indices_.empty() && run_indices_.front() == 0;
  return first_succeeded ? lauebench::is_first_slow(total_wall_s_) : std::nullopt;
}

std::optional<SustainedTimes> PointResult::sustained() const {
  return sustain_s_ ? sustained_times(total_wall_s_) : std::nullopt;
}

std::optional<double> PointResult::noise_floor() const { return lauebench::noise_floor(total_wall_s_); }

std::optional<double> PointResult::throughput_per_min() const {
  auto const seconds = statistics();
  return seconds ? std::optional(lauebench::throughput_per_min(point_.parallel, seconds->p50)) : std::nullopt;
}

std::optional<double> PointResult::pixel_steps_per_s() const {
  auto const seconds = statistics();
  return seconds ? std::optional(pixel_steps_ / seconds->p50) : std::nullopt;
}

std::optional<AttainedFractions> PointResult::attained() const {
  if (!ceilings_) {
    return std::nullopt;
  }
  auto const median = [](std::vector<double> const& seconds) {
    auto const statistics = describe(seconds);
    return statistics ? std::optional(statistics->p50) : std::nullopt;
  };
  PerCeiling<std::optional<double>> busy;
  for (CeilingKind const kind : ceiling_kinds) {
    busy[kind] = median(busy_s_[kind]);
  }
  // the runs of this launch: the ceilings are those of its machine and time
  std::vector<double> const own(total_wall_s_.begin() + resumed_, total_wall_s_.end());
  return attained_fractions(*ceilings_, busy, median(own));
}

std::vector<PointResult> empty_results(Plan const& plan) {
  std::vector<PointResult> results;
  for (int index = 0; std::cmp_less(index, plan.points.size()); ++index) {
    auto const runs = std::count_if(plan.runs.begin(), plan.runs.end(), [index](PlannedRun const& run) {
      return run.point == index && run.kind == RunKind::measured;
    });
    results.emplace_back(plan.points[static_cast<std::size_t>(index)],
                         fixes_number_of_runs(plan) ? std::optional(static_cast<int>(runs)) : std::nullopt,
                         plan.sustain_s);
  }
  return results;
}

}  // namespace lauebench
