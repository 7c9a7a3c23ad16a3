#include "bench/result_table.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "bench/accuracy_lines.hpp"
#include "bench/plain_number.hpp"
#include "bench/repetition_lines.hpp"

namespace lauebench {
namespace {

using Row = std::vector<std::string>;

std::string number_or_dash(std::optional<double> value) { return value ? plain_number(*value, 4) : "-"; }

/// Highest throughput; end() when no point has any.
auto best_of(std::span<PointResult const> results) {
  auto best = results.end();
  for (auto candidate = results.begin(); candidate != results.end(); ++candidate) {
    auto const throughput = candidate->throughput_per_min();
    if (throughput && (best == results.end() || *throughput > *best->throughput_per_min())) {
      best = candidate;
    }
  }
  return best;
}

/// Points whose fastest run reached what the slowest one of the best point did: these runs do not tell them apart.
std::vector<std::string> rivals_of(PointResult const& best, std::span<PointResult const> results) {
  double const slowest = throughput_per_min(best.point().parallel, best.statistics()->max);
  std::vector<std::string> rivals;
  for (PointResult const& result : results) {
    auto const seconds = result.statistics();
    if (&result != &best && seconds && throughput_per_min(result.point().parallel, seconds->min) >= slowest) {
      rivals.push_back(result.point().id);
    }
  }
  return rivals;
}

std::string best_line(PointResult const& best, std::span<PointResult const> results) {
  auto const rivals = rivals_of(best, results);
  return rivals.empty()
             ? "* most reconstructions per minute\n"
             : fmt::format("* most reconstructions per minute, at the median; its runs overlap those of {}\n",
                           fmt::join(rivals, ", "));
}

enum class Mark : std::uint8_t { none, best };

bool has_ceilings(PointResult const& result) { return result.ceilings().has_value(); }

/// How much of its ceilings a point attained, and what limits it.
Row ceiling_cells(PointResult const& result) {
  constexpr double percent = 100.0;
  auto const attained = result.attained();
  auto const* const whole = attained ? std::get_if<double>(&attained->whole) : nullptr;
  auto const limit = result.ceilings() ? result.ceilings()->attainable() : Reading<Attainable>(Unknown{});
  auto const* const attainable = std::get_if<Attainable>(&limit);
  return {whole != nullptr ? fmt::format("{:.0f} %", percent * *whole) : "-",
          std::string(attainable != nullptr ? to_string(attainable->bottleneck) : "-")};
}

/// In front of the mark, which stays last.
void insert_cells(Row& row, Row const& cells) { row.insert(row.end() - 1, cells.begin(), cells.end()); }

Row row_of(PointResult const& result, Mark mark) {
  constexpr double per_mega = 1e-6;
  auto const seconds = result.statistics();
  auto const steps = result.pixel_steps_per_s();
  return {result.point().id,
          runs_text(result),
          number_or_dash(seconds ? std::optional(seconds->p50) : std::nullopt),
          number_or_dash(result.throughput_per_min()),
          number_or_dash(steps ? std::optional(*steps * per_mega) : std::nullopt),
          mark == Mark::best ? "*" : ""};
}

/// "cpu-p2-t1", or "cpu-p2-t1 (1 of 3 runs)" where not all that were made carry the flag.
std::string flagged_text(PointResult const& result, int flagged_runs) {
  int const made = result.succeeded() + result.failed();
  return flagged_runs == made ? result.point().id
                              : fmt::format("{} ({} of {} runs)", result.point().id, flagged_runs, made);
}

/// A line for each flag or state that a run has, with its meaning and the points; `counts_of(result)` says how many of
/// a point's runs have which.
template <class Name, class CountsOf>
std::string named_lines(std::span<PointResult const> results, char const* prefix, CountsOf counts_of) {
  std::map<Name, std::vector<std::string>> points;
  for (PointResult const& result : results) {
    for (auto const& [name, runs] : counts_of(result)) {
      points[name].push_back(flagged_text(result, runs));
    }
  }
  std::string text;
  for (auto const& [name, ids] : points) {
    text += fmt::format("{}{} ({}): {}\n", prefix, to_string(name), meaning(name), fmt::join(ids, ", "));
  }
  return text;
}

std::string flag_lines(std::span<PointResult const> results) {
  return named_lines<RunFlag>(results, "", [](PointResult const& result) -> auto& { return result.flags(); });
}

/// Which state of the page cache the seconds are of: one line without points where all runs share it.
std::string cache_lines(std::span<PointResult const> results) {
  std::set<CacheState> states;
  for (PointResult const& result : results) {
    for (auto const& [state, runs] : result.cache_states()) {
      states.insert(state);
    }
  }
  if (states.size() == 1) {
    return fmt::format("cache {} ({})\n", to_string(*states.begin()), meaning(*states.begin()));
  }
  return named_lines<CacheState>(results, "cache ",
                                 [](PointResult const& result) -> auto& { return result.cache_states(); });
}

/// Points whose storage gave other ceilings at one moment of the launch than at another.
std::string drift_line(std::span<PointResult const> results, CeilingKind kind, char const* what) {
  constexpr double most_alike = 1.3;  // ceilings measured twice in a row on quiet machines differ by less
  constexpr double per_mega = 1e-6;
  std::vector<std::string> points;
  for (PointResult const& result : results) {
    std::vector<double> const& rates = result.ceiling_rates(kind);
    auto const [least, most] = std::ranges::minmax_element(rates);
    if (!rates.empty() && *most > most_alike * *least) {
      points.push_back(fmt::format("{} ({} to {})", result.point().id, plain_number(*least * per_mega, 3),
                                   plain_number(*most * per_mega, 3)));
    }
  }
  return points.empty() ? std::string()
                        : fmt::format("plain {} changed during the launch (MB/s): {}\n", what, fmt::join(points, ", "));
}

}  // namespace

std::string runs_text(PointResult const& result) {
  std::string text = std::to_string(result.succeeded());
  if (result.planned()) {
    text += fmt::format("/{}", *result.planned());
  }
  return result.failed() == 0 ? text : fmt::format("{} ({} failed)", text, result.failed());
}

std::string aligned_text(std::span<Row const> rows) {
  std::vector<std::size_t> widths;
  for (Row const& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  std::string text;
  for (Row const& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      line += column == 0 ? fmt::format("{:<{}}", row[column], widths[column])
                          : fmt::format("  {:>{}}", row[column], widths[column]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string result_table(std::span<PointResult const> results, std::span<SkippedPoint const> skipped) {
  std::vector<Row> rows{{"point", "runs", "median s", "per minute", "Mpixel-steps/s", ""}};
  bool const with_ceilings = std::ranges::any_of(results, has_ceilings);
  if (with_ceilings) {
    insert_cells(rows.back(), {"of attainable", "bottleneck"});
  }
  auto const best = best_of(results);
  for (auto result = results.begin(); result != results.end(); ++result) {
    rows.push_back(row_of(*result, result == best ? Mark::best : Mark::none));
    if (with_ceilings) {
      insert_cells(rows.back(), ceiling_cells(*result));
    }
  }
  std::string text = aligned_text(rows);
  if (best != results.end()) {
    text += best_line(*best, results);
  }
  text += accuracy_lines(results);
  text += cache_lines(results);
  text += flag_lines(results);
  text += drift_line(results, CeilingKind::read, "reading") + drift_line(results, CeilingKind::write, "writing");
  text += repetition_lines(results);
  for (SkippedPoint const& skip : skipped) {
    text += fmt::format("skipped {}: {}\n", skip.point.id, skip.reason);
  }
  return text;
}

}  // namespace lauebench
