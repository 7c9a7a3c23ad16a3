#include "bench/plain_number.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace lauebench {

std::string plain_number(double value, int digits) {
  if (!std::isfinite(value)) {
    return "-";
  }
  // what is smaller is none of the figures that people are shown
  constexpr int most_decimals = 9;
  int const whole_digits = value == 0.0 ? 1 : static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  std::string text = fmt::format("{:.{}f}", value, std::clamp(digits - whole_digits, 0, most_decimals));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    text.erase(text.find_last_not_of('.') + 1);
  }
  return text;
}

}  // namespace lauebench
