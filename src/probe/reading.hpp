#pragma once

#include <string>
#include <type_traits>
#include <variant>

namespace lauebench {

/// Why something about the machine is not known, for people.
struct Unknown {
  std::string reason;
};

/// What was found out, or why it was not. Never a zero that stands for "unknown".
template <class Value>
using Reading = std::variant<Value, Unknown>;

/// What `function` makes of the value; where there is none, the reason stays.
template <class Value, class Function>
[[nodiscard]] auto transform(Reading<Value> const& reading, Function const& function)
    -> Reading<std::invoke_result_t<Function const&, Value const&>> {
  auto const* const value = std::get_if<Value>(&reading);
  if (value == nullptr) {
    return std::get<Unknown>(reading);
  }
  return function(*value);
}

}  // namespace lauebench
