#include "bench/target_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "bench/ceilings.hpp"
#include "bench/plain_number.hpp"
#include "bench/result_table.hpp"
#include "bench/stopping_rule.hpp"

namespace lauebench {
namespace {

using Row = std::vector<std::string>;

std::optional<double> median_s(PointResult const& result) {
  auto const statistics = result.statistics();
  return statistics ? std::optional(statistics->p50) : std::nullopt;
}

/// Median seconds of each target, by point; empty where there was no successful run.
std::map<std::string, std::vector<std::optional<double>>> medians_of(std::span<PointResult const> results,
                                                                     std::size_t targets) {
  std::map<std::string, std::vector<std::optional<double>>> medians;
  for (PointResult const& result : results) {
    auto& of_point = medians[result.point().id];
    of_point.resize(targets);
    of_point[static_cast<std::size_t>(result.point().target)] = median_s(result);
  }
  return medians;
}

/// Where some run has succeeded.
std::vector<std::size_t> targets_with_runs(std::map<std::string, std::vector<std::optional<double>>> const& medians,
                                           std::size_t targets) {
  std::vector<std::size_t> found;
  for (std::size_t target = 0; target < targets; ++target) {
    if (std::ranges::any_of(medians, [target](auto const& point) { return point.second[target].has_value(); })) {
      found.push_back(target);
    }
  }
  return found;
}

/// Of those that there are; empty: none.
std::optional<double> least(std::vector<std::optional<double>> const& values) {
  std::optional<double> least;
  for (auto const& value : values) {
    if (value && (!least || *value < *least)) {
      least = value;
    }
  }
  return least;
}

std::string times_text(std::optional<double> value, std::optional<double> fastest) {
  return value && fastest ? fmt::format("{:.2f}", *value / *fastest) : "-";
}

/// Of all ranks together, the median of the launch's moments, in `unit` per second.
std::string rate_text(PointResult const& result, CeilingKind kind, double unit) {
  auto const rates = describe(result.ceiling_rates(kind));
  return rates ? plain_number(rates->p50 / unit, 4) : "-";
}

Row ceiling_cells(PointResult const& result) {
  constexpr double megabyte = 1e6;
  constexpr double file = 1.0;
  auto const limit = result.ceilings() ? result.ceilings()->attainable() : Reading<Attainable>(Unknown{});
  auto const* const attainable = std::get_if<Attainable>(&limit);
  return {rate_text(result, CeilingKind::read, megabyte), rate_text(result, CeilingKind::write, megabyte),
          rate_text(result, CeilingKind::create_files, file),
          std::string(attainable == nullptr ? "-" : to_string(attainable->bottleneck))};
}

std::string comparison(std::span<PointResult const> results, std::span<StagedTarget const> targets) {
  auto const medians = medians_of(results, targets.size());
  bool const with_ceilings =
      std::ranges::any_of(results, [](PointResult const& result) { return result.ceilings().has_value(); });
  std::vector<Row> rows{{"point", "target", "median s", "times the fastest"}};
  if (with_ceilings) {
    rows.back().insert(rows.back().end(), {"plain read MB/s", "plain write MB/s", "new files/s", "bottleneck"});
  }
  for (PointResult const& result : results) {
    auto const& of_point = medians.at(result.point().id);
    auto const target = static_cast<std::size_t>(result.point().target);
    auto const seconds = of_point[target];
    Row& row = rows.emplace_back(Row{result.point().id, targets[target].path.string(),
                                     seconds ? plain_number(*seconds, 4) : "-", times_text(seconds, least(of_point))});
    if (with_ceilings) {
      std::ranges::move(ceiling_cells(result), std::back_inserter(row));
    }
  }
  return aligned_text(rows);
}

std::string ranking(std::span<PointResult const> results, std::span<StagedTarget const> targets) {
  auto const times = times_the_fastest(results, static_cast<int>(targets.size()));
  bool const is_any_ranked = std::ranges::any_of(times, [](auto const& value) { return value.has_value(); });
  std::string text;
  for (std::size_t target = 0; target < targets.size(); ++target) {
    if (times[target]) {
      text += fmt::format("{} ({}): {:.2f} times as long as the fastest over all points\n",
                          targets[target].path.string(), targets[target].filesystem.type, *times[target]);
    } else if (is_any_ranked) {
      text += fmt::format("{} ({}): not ranked, no run of it succeeded\n", targets[target].path.string(),
                          targets[target].filesystem.type);
    }
  }
  return text;
}

}  // namespace

std::vector<std::optional<double>> times_the_fastest(std::span<PointResult const> results, int targets) {
  auto const medians = medians_of(results, static_cast<std::size_t>(targets));
  std::vector<std::size_t> const ranked = targets_with_runs(medians, static_cast<std::size_t>(targets));
  std::vector<double> logarithms(static_cast<std::size_t>(targets));
  int points = 0;
  for (auto const& [point, of_point] : medians) {
    if (std::ranges::all_of(ranked, [&of_point](std::size_t target) { return of_point[target].has_value(); })) {
      ++points;
      for (std::size_t const target : ranked) {
        logarithms[target] += std::log(*of_point[target]);
      }
    }
  }
  std::vector<std::optional<double>> times(logarithms.size());
  if (points > 0 && ranked.size() > 1) {
    auto const sum_of = [&logarithms](std::size_t target) { return logarithms[target]; };
    double const fastest = sum_of(*std::ranges::min_element(ranked, {}, sum_of));
    for (std::size_t const target : ranked) {
      times[target] = std::exp((logarithms[target] - fastest) / points);
    }
  }
  return times;
}

std::string target_tables(std::span<PointResult const> results, std::span<SkippedPoint const> skipped,
                          std::span<StagedTarget const> targets) {
  std::string text;
  for (int target = 0; target < static_cast<int>(targets.size()); ++target) {
    std::vector<PointResult> own;
    std::ranges::copy_if(results, std::back_inserter(own),
                         [target](PointResult const& result) { return result.point().target == target; });
    std::vector<SkippedPoint> left_out;
    std::ranges::copy_if(skipped, std::back_inserter(left_out),
                         [target](SkippedPoint const& skip) { return skip.point.target == target; });
    StagedTarget const& staged = targets[static_cast<std::size_t>(target)];
    text += fmt::format("{} ({})\n{}\n", staged.path.string(), staged.filesystem.type, result_table(own, left_out));
  }
  return text + comparison(results, targets) + ranking(results, targets);
}

}  // namespace lauebench
