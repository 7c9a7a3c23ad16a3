#include "cluster/mount_table.hpp"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>

namespace lauebench {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// The kernel writes blanks and backslashes as \ooo.
std::string unescape(std::string const& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      plain.push_back(static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0')));
      i += 3;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

bool parse_line(std::string const& line, Mount& mount) {
  // id parent major:minor root point options [optional fields] - type device super-options
  std::istringstream words(line);
  std::string skipped;
  std::string point;
  words >> skipped >> skipped >> skipped >> mount.root >> point >> mount.options;
  while (words >> skipped && skipped != "-") {
  }
  words >> mount.type >> mount.device;
  if (!words) {
    return false;
  }
  words >> mount.super_options;
  mount.root = unescape(mount.root);
  mount.point = unescape(point);
  mount.device = unescape(mount.device);
  return true;
}

/// Whether `path` is `folder` or lies in it, name by name.
bool lies_in(std::filesystem::path const& path, std::filesystem::path const& folder) {
  auto name = path.begin();
  for (auto const& expected : folder) {
    if (expected.empty()) {
      continue;
    }
    if (name == path.end() || *name != expected) {
      return false;
    }
    ++name;
  }
  return true;
}

}  // namespace

std::vector<Mount> parse_mount_table(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    Mount mount;
    if (parse_line(line, mount)) {
      mounts.push_back(mount);
    }
  }
  return mounts;
}

std::vector<Mount> read_mount_table(std::filesystem::path const& mountinfo) {
  std::ifstream file(mountinfo);
  return parse_mount_table(std::string(std::istreambuf_iterator<char>(file), {}));
}

Mount const* find_mount(std::vector<Mount> const& mounts, std::filesystem::path const& path) {
  Mount const* best = nullptr;
  for (auto const& mount : mounts) {
    if (lies_in(path, mount.point) && (best == nullptr || lies_in(mount.point, best->point))) {
      best = &mount;
    }
  }
  return best;
}

}  // namespace lauebench
