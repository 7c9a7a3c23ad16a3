#include "bench/repetition_lines.hpp"

#include <map>
#include <vector>

#include <fmt/format.h>

#include "config/option_entries.hpp"

namespace lauebench {
namespace {

std::string line(std::string_view name, std::string_view meaning, std::vector<std::string> const& points) {
  return points.empty() ? std::string() : fmt::format("{} ({}): {}\n", name, meaning, fmt::join(points, ", "));
}

/// "cpu-p2-t1 (runs 0, 7)"
std::string outliers_text(std::span<PointResult const> results) {
  std::vector<std::string> points;
  for (PointResult const& result : results) {
    auto const outliers = result.outliers().value_or(std::vector<int>());
    if (!outliers.empty()) {
      points.push_back(
          fmt::format("{} (run{} {})", result.point().id, outliers.size() == 1 ? "" : "s", fmt::join(outliers, ", ")));
    }
  }
  return line("outliers", "further from the median than 3.5 * 1.4826 * MAD, run_index", points);
}

std::string slow_first_text(std::span<PointResult const> results) {
  std::vector<std::string> points;
  for (PointResult const& result : results) {
    if (result.is_first_slow().value_or(false)) {
      points.push_back(result.point().id);
    }
  }
  return line("slow_first", "the first run is slow against the others: --warmup leaves it out", points);
}

/// "cpu-p2-t1 (+31.4 %)"
std::string fallen_text(std::span<PointResult const> results) {
  constexpr double percent = 100.0;
  std::vector<std::string> points;
  for (PointResult const& result : results) {
    auto const times = result.sustained();
    if (times && times->change() > largest_steady_change) {
      points.push_back(fmt::format("{} ({:+.1f} %)", result.point().id, percent * times->change()));
    }
  }
  return line("throughput_fell", "the last tenth of the runs took over 20 % longer than the first", points);
}

/// "cpu-p2-t1 (after 3 runs)"
std::string stopped_text(std::span<PointResult const> results) {
  std::map<StopReason, std::vector<std::string>> points;
  for (PointResult const& result : results) {
    if (result.stopped() && !words_of(*result.stopped()).is_as_asked_for) {
      points[*result.stopped()].push_back(
          fmt::format("{} (after {})", result.point().id, plural(static_cast<std::size_t>(result.made()), "run")));
    }
  }
  std::string text;
  for (auto const& [reason, names] : points) {
    text += line(to_string(reason), words_of(reason).meaning, names);
  }
  return text;
}

}  // namespace

std::string repetition_lines(std::span<PointResult const> results) {
  return outliers_text(results) + slow_first_text(results) + fallen_text(results) + stopped_text(results);
}

}  // namespace lauebench
