#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace lauebench {

enum class ProgressStyle : std::uint8_t {
  silent,
  plain,     ///< a line now and then
  updating,  ///< one line that is overwritten
};

enum class Terminal : std::uint8_t { no, yes };

/// An updating line where stderr is a terminal or it is asked for; none where errors alone are wanted or every run is
/// reported anyway.
[[nodiscard]] ProgressStyle choose_progress_style(Verbosity verbose, ProgressLine wanted, Terminal stderr_is);

struct ProgressState {
  std::string point;  ///< that ran last
  int runs_done = 0;
  std::optional<int> runs_total;             ///< empty: the runs themselves tell how many are made
  std::optional<double> throughput_per_min;  ///< of the last run; empty when it failed
  double elapsed_s = 0.0;                    ///< since the first run began
  std::optional<double> most_left_s{};       ///< until --time-limit; empty: there is none
  int points_done = 0;
  int points_total = 0;
};

/// "cpu-p2-t1  3 of 8 done  12.3 per minute  about 20 s left": runs, warm-ups and failed ones included. Where nobody
/// knows how many there will be, "cpu-p2-t1  12 done, 1 of 4 points finished  12.3 per minute".
[[nodiscard]] std::string progress_text(ProgressState const& state);

/// "45 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string duration_text(double seconds);

/// Writes progress to stderr.
class Progress {
 public:
  explicit Progress(ProgressStyle style) : style_(style) {}

  void show(ProgressState const& state);

  /// Shows the newest state if that has not been, and leaves the cursor on a fresh line.
  void finish();

 private:
  ProgressStyle style_;
  std::string not_shown_;  ///< the newest line, while it waits for its time
  double last_shown_s_ = 0.0;
  bool line_is_open_ = false;
};

}  // namespace lauebench
