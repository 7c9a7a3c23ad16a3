#include "probe/text_file.hpp"

#include <algorithm>
#include <system_error>

namespace lauebench {

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
