#pragma once

#include "config/option_value.hpp"

/// How options say how precise a result has to be and how long a launch may take.
namespace lauebench {

/// "2" or "2%": more than 0 and less than 100. A number or such a text in JSON; the value is the number.
struct PercentText {
  using Value = double;
  [[nodiscard]] double from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] double from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(double percent) const { return percent; }
};

/// "1800", "90s", "30m", "2h" or, as Slurm writes it, "mm:ss", "hh:mm:ss" and "days-hh:mm:ss"; more than 0. A number of
/// seconds or such a text in JSON; the value is in seconds.
struct DurationText {
  using Value = double;
  [[nodiscard]] double from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] double from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(double seconds) const { return seconds; }
};

}  // namespace lauebench
