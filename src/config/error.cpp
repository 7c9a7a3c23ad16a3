#include "config/error.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace lauebench {
namespace {

/// Paths and names may hold any byte: an error stays one line all the same.
std::string without_control_characters(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char character) { return std::iscntrl(character) != 0; }, '?');
  return text;
}

}  // namespace

Error::Error(ReturnCode code, std::string_view problem, std::string_view why, std::string_view what_to_do)
    : std::runtime_error(without_control_characters(fmt::format("{} ({}): {}", problem, why, what_to_do))),
      code_(code) {}

Error bad_input(std::string_view problem, std::string_view why, std::string_view what_to_do) {
  return {ReturnCode::bad_input, problem, why, what_to_do};
}

Error io_error(std::string_view problem, int error_number, std::string_view what_to_do) {
  return {ReturnCode::io_error, problem, std::generic_category().message(error_number), what_to_do};
}

}  // namespace lauebench
