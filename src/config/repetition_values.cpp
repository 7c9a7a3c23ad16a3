#include "config/repetition_values.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace lauebench {
namespace {

/// More is taken for a mistake: 100 years.
constexpr double longest_s = 100.0 * 365.25 * 86400.0;

struct Unit {
  std::string_view suffix;
  double seconds;
};

constexpr std::array units{Unit{"", 1.0}, Unit{"s", 1.0}, Unit{"m", 60.0}, Unit{"h", 3600.0}};

double checked_percent(double percent, std::string const& shown, ValueSource const& source) {
  if (percent <= 0.0 || percent >= 100.0) {
    throw bad_input(source.with(shown), percent <= 0.0 ? "not above 0" : "not below 100",
                    "give percent of a point's time, such as 2");
  }
  return percent;
}

double checked_duration(double seconds, std::string const& shown, ValueSource const& source) {
  if (seconds <= 0.0 || seconds > longest_s) {
    throw bad_input(source.with(shown), seconds <= 0.0 ? "not above 0" : "longer than 100 years",
                    "give a duration such as 1800, 90s, 30m, 2h or 1-12:00:00");
  }
  return seconds;
}

/// "30m"; empty when it is not of that form.
std::optional<double> number_with_unit(std::string_view text) {
  std::size_t const end = text.find_last_of("0123456789.") + 1;  // 0 where there is none
  auto const* const unit = std::ranges::find(units, text.substr(end), &Unit::suffix);
  auto const number = parse_number<double>(text.substr(0, end));
  if (unit == units.end() || number.problem != NumberProblem::none) {
    return std::nullopt;
  }
  return number.value * unit->seconds;
}

/// Digits alone, no sign and at most `most`.
std::optional<int> clock_field(std::string_view text, int most) {
  bool const is_digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  auto const number = parse_number<int>(text);
  bool const is_usable = is_digits && number.problem == NumberProblem::none && number.value <= most;
  return is_usable ? std::optional(number.value) : std::nullopt;
}

std::vector<std::string_view> split_at_colons(std::string_view text) {
  std::vector<std::string_view> fields;
  std::size_t colon = text.find(':');
  for (; colon != std::string_view::npos; colon = text.find(':')) {
    fields.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  fields.push_back(text);
  return fields;
}

/// "[[days-]hh:]mm:ss"; empty when it is not of that form. Only the first field may exceed what a clock shows.
std::optional<double> clock_time(std::string_view text) {
  constexpr int any = std::numeric_limits<int>::max();
  std::size_t const dash = text.find('-');
  bool const has_days = dash != std::string_view::npos;
  auto const fields = split_at_colons(has_days ? text.substr(dash + 1) : text);
  if (fields.size() > 3 || fields.size() < (has_days ? 3U : 2U)) {
    return std::nullopt;
  }
  auto const days = has_days ? clock_field(text.substr(0, dash), any) : std::optional(0);
  double seconds = 0.0;
  bool is_understood = days.has_value();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    int const most = i > 0 ? 59 : has_days ? 23 : any;
    auto const field = clock_field(fields[i], most);
    is_understood = is_understood && field;
    seconds = 60.0 * seconds + field.value_or(0);
  }
  return is_understood ? std::optional(86400.0 * *days + seconds) : std::nullopt;
}

}  // namespace

double PercentText::from_text(std::string_view text, ValueSource const& source) const {
  std::string_view const digits = text.ends_with('%') ? text.substr(0, text.size() - 1) : text;
  auto const number = parse_number<double>(digits);
  if (number.problem != NumberProblem::none) {
    throw bad_input(source.with(in_quotes(text)), "not a number of percent", "give it as 2 or 2%");
  }
  return checked_percent(number.value, in_quotes(text), source);
}

double PercentText::from_json(Json const& value, ValueSource const& source) const {
  return value.is_number() ? checked_percent(value.get<double>(), value.dump(), source)
                           : from_text(string_of(value, R"(a number of percent, or a text as "2%")", source), source);
}

double DurationText::from_text(std::string_view text, ValueSource const& source) const {
  auto const seconds = text.find(':') == std::string_view::npos ? number_with_unit(text) : clock_time(text);
  if (!seconds) {
    throw bad_input(source.with(in_quotes(text)), "not a duration",
                    "give seconds, a number with s, m or h, or [days-]hh:mm:ss or mm:ss: 1800, 30m, 1-12:00:00");
  }
  return checked_duration(*seconds, in_quotes(text), source);
}

double DurationText::from_json(Json const& value, ValueSource const& source) const {
  return value.is_number() ? checked_duration(value.get<double>(), value.dump(), source)
                           : from_text(string_of(value, R"(a number of seconds, or a text as "30m")", source), source);
}

}  // namespace lauebench
