#include "config/nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace lauebench {
namespace {

/// Longer than any name: what is longer is no misspelling, and the distance would cost quadratic time.
constexpr std::size_t longest_typed = 64;

std::string normalised(std::string_view name) {
  std::string result{name};
  for (char& c : result) {
    if (c == '_') {
      c = '-';
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return result;
}

std::optional<std::string> only_continuation(std::string const& typed, std::span<std::string_view const> names) {
  auto const continues = [&typed](std::string_view name) { return normalised(name).starts_with(typed); };
  if (typed.empty() || std::ranges::count_if(names, continues) != 1) {
    return std::nullopt;
  }
  return std::string{*std::ranges::find_if(names, continues)};
}

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before_previous(right.size() + 1);
  std::vector<std::size_t> previous(right.size() + 1);
  std::vector<std::size_t> current(right.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      std::size_t const substitution = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        current[j] = std::min(current[j], before_previous[j - 2] + 1);
      }
    }
    std::swap(before_previous, previous);
    std::swap(previous, current);
  }
  return previous[right.size()];
}

std::optional<std::string> nearest_name(std::string_view typed, std::span<std::string_view const> names) {
  if (typed.size() > longest_typed) {
    return std::nullopt;
  }
  std::string const wanted = normalised(typed);
  std::size_t const tolerance = std::max<std::size_t>(1, wanted.size() / 3);
  std::optional<std::string> nearest;
  std::size_t smallest = tolerance + 1;
  for (auto const name : names) {
    std::size_t const distance = edit_distance(wanted, normalised(name));
    // A name all of whose characters would change has nothing in common with what was typed.
    if (distance < smallest && distance < name.size()) {
      smallest = distance;
      nearest = std::string{name};
    }
  }
  return nearest ? nearest : only_continuation(wanted, names);
}

std::string suggest_name(std::string_view typed, std::span<std::string_view const> names, std::string_view prefix,
                         std::string_view otherwise) {
  auto const nearest = nearest_name(typed, names);
  return nearest ? fmt::format("did you mean {}{}?", prefix, *nearest) : std::string{otherwise};
}

}  // namespace lauebench
