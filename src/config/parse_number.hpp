#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <type_traits>

/// Numbers as people type them, read the same way in every locale.
namespace lauebench {

enum class NumberProblem : std::uint8_t { none, malformed, out_of_range };

template <class Number>
struct ParsedNumber {
  Number value{};  ///< meaningless unless `problem` is none
  NumberProblem problem = NumberProblem::none;
};

/// The number that the whole of `text` is. Floating numbers are finite: "inf" and "nan" are malformed.
template <class Number>
[[nodiscard]] ParsedNumber<Number> parse_number(std::string_view text) {
  ParsedNumber<Number> parsed;
  char const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, parsed.value);
  if (error == std::errc::invalid_argument || stop != end) {
    parsed.problem = NumberProblem::malformed;
  } else if (error == std::errc::result_out_of_range) {
    parsed.problem = NumberProblem::out_of_range;
  }
  if constexpr (std::is_floating_point_v<Number>) {
    if (parsed.problem == NumberProblem::none && !std::isfinite(parsed.value)) {
      parsed.problem = NumberProblem::malformed;
    }
  }
  return parsed;
}

}  // namespace lauebench
