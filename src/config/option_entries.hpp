#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

/// Helpers for options that are lists.
namespace lauebench {

/// "1 value", "2 values".
[[nodiscard]] inline std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// Keeps the first of equal entries, in order.
template <class T>
void remove_duplicates(std::vector<T>& entries) {
  std::set<T> seen;
  std::erase_if(entries, [&seen](T const& entry) { return !seen.insert(entry).second; });
}

}  // namespace lauebench
