#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lauebench {

/// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps of two
/// neighbouring characters that turn one string into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right);

/// The name that somebody who typed `typed` most likely meant: the one at the smallest edit distance if that is at most
/// a third of the typed length (at least 1), else the only one that begins with it. '-' and '_' count as equal, and so
/// do upper and lower case. Empty when nothing is close.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view typed, std::span<std::string_view const> names);

/// ": did you mean X?" without the colon, or `otherwise` when nothing is close. `prefix` goes before the name ("--").
[[nodiscard]] std::string suggest_name(std::string_view typed, std::span<std::string_view const> names,
                                       std::string_view prefix, std::string_view otherwise);

}  // namespace lauebench
