#include "bench/progress.hpp"

#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "bench/plain_number.hpp"
#include "config/say.hpp"

namespace lauebench {
namespace {

/// Plain lines fill log files: one every so often is enough.
constexpr double seconds_between_plain_lines = 5.0;

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
  std::string text = fmt::format("{}  {} of {} done", state.point, state.runs_done, state.runs_total);
  text += state.throughput_per_min ? fmt::format("  {} per minute", plain_number(*state.throughput_per_min, 3))
                                   : "  failed";
  int const left = state.runs_total - state.runs_done;
  if (left > 0 && state.runs_done > 0) {
    text += fmt::format("  about {} left", duration_text(state.elapsed_s / state.runs_done * left));
  }
  return text;
}

void Progress::show(ProgressState const& state) {
  bool const is_last = state.runs_done == state.runs_total;
  if (style_ == ProgressStyle::updating) {
    say(stderr, "\r\033[K" + progress_text(state));
    line_is_open_ = true;
  } else if (style_ == ProgressStyle::plain &&
             (is_last || state.runs_done == 1 || state.elapsed_s - last_shown_s_ >= seconds_between_plain_lines)) {
    say(stderr, progress_text(state) + '\n');
    last_shown_s_ = state.elapsed_s;
  }
}

void Progress::finish() {
  if (line_is_open_) {
    say(stderr, "\n");
    line_is_open_ = false;
  }
}

}  // namespace lauebench
