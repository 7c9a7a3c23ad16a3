#pragma once

#include <string>
#include <variant>

namespace lauebench {

/// Why something about the machine is not known, for people.
struct Unknown {
  std::string reason;
};

/// What was found out, or why it was not. Never a zero that stands for "unknown".
template <class Value>
using Reading = std::variant<Value, Unknown>;

}  // namespace lauebench
