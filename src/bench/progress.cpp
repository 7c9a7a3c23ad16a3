#include "bench/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "bench/plain_number.hpp"
#include "config/say.hpp"

namespace lauebench {
namespace {

/// Plain lines fill log files: one every so often is enough.
constexpr double seconds_between_plain_lines = 5.0;

/// Seconds, from the runs so far; empty where that is not to be told.
std::optional<double> time_left_s(ProgressState const& state) {
  int const left = state.runs_total.value_or(0) - state.runs_done;
  if (left <= 0 || state.runs_done <= 0) {
    return std::nullopt;
  }
  double const left_s = state.elapsed_s / state.runs_done * left;
  return std::clamp(left_s, 0.0, std::max(0.0, state.most_left_s.value_or(left_s)));
}

}  // namespace

ProgressStyle choose_progress_style(Verbosity verbose, ProgressLine wanted, Terminal stderr_is) {
  if (verbose <= 0) {
    return ProgressStyle::silent;
  }
  if (wanted == ProgressLine::on) {
    return ProgressStyle::updating;
  }
  if (verbose >= 2) {
    return ProgressStyle::silent;
  }
  return stderr_is == Terminal::yes ? ProgressStyle::updating : ProgressStyle::plain;
}

std::string duration_text(double seconds) {
  constexpr long per_minute = 60;
  constexpr long per_hour = 3600;
  long const whole = std::lround(std::ceil(seconds));
  if (whole < per_minute) {
    return fmt::format("{} s", whole);
  }
  if (whole < per_hour) {
    return fmt::format("{} min {} s", whole / per_minute, whole % per_minute);
  }
  return fmt::format("{} h {} min", whole / per_hour, whole % per_hour / per_minute);
}

std::string progress_text(ProgressState const& state) {
  std::string text = state.runs_total
                         ? fmt::format("{}  {} of {} done", state.point, state.runs_done, *state.runs_total)
                         : fmt::format("{}  {} done, {} of {} points finished", state.point, state.runs_done,
                                       state.points_done, state.points_total);
  text += state.throughput_per_min ? fmt::format("  {} per minute", plain_number(*state.throughput_per_min, 3))
                                   : "  failed";
  if (auto const left_s = time_left_s(state)) {
    text += fmt::format("  about {} left", duration_text(*left_s));
  }
  return text;
}

void Progress::show(ProgressState const& state) {
  bool const is_last = state.runs_done == state.runs_total;
  if (style_ == ProgressStyle::updating) {
    say(stderr, "\r\033[K" + progress_text(state));
    line_is_open_ = true;
  } else if (style_ == ProgressStyle::plain) {
    not_shown_ = progress_text(state) + '\n';
    if (is_last || state.runs_done == 1 || state.elapsed_s - last_shown_s_ >= seconds_between_plain_lines) {
      say(stderr, std::exchange(not_shown_, {}));
      last_shown_s_ = state.elapsed_s;
    }
  }
}

void Progress::finish() {
  if (!not_shown_.empty()) {
    say(stderr, std::exchange(not_shown_, {}));
  }
  if (line_is_open_) {
    say(stderr, "\n");
    line_is_open_ = false;
  }
}

}  // namespace lauebench
