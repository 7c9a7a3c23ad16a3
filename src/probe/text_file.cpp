#include "probe/text_file.hpp"

#include <algorithm>
#include <system_error>

namespace lauebench {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  auto const first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::optional<std::string> value_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    auto const end = text.find('\n');
    std::string_view const line = text.substr(0, end);
    auto const colon = line.find(':');
    if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == key) {
      return std::string(trimmed(line.substr(colon + 1)));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::nullopt;
}

std::vector<std::filesystem::path> entries_of(std::filesystem::path const& folder) {
  std::error_code unreadable;
  std::vector<std::filesystem::path> entries;
  for (auto const& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    entries.push_back(entry.path());
  }
  std::ranges::sort(entries);
  return entries;
}

}  // namespace lauebench
