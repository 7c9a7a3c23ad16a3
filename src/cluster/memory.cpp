#include "cluster/memory.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cluster/mount_table.hpp"
#include "config/error.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// The names by which one version of cgroups calls the same things.
struct CgroupFiles {
  char const* limit;
  char const* use;
  char const* cached_inactive;  ///< in memory.stat
  char const* cached_active;
};

constexpr CgroupFiles version_1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file",
                                "total_active_file"};
constexpr CgroupFiles version_2{"memory.max", "memory.current", "inactive_file", "active_file"};

/// The memory controller's place: the folder where its tree is mounted, this process's folder in it.
struct CgroupPlace {
  fs::path mount_point;
  fs::path folder;  ///< relative to the mount point
  CgroupFiles files = version_2;
};

/// "max" is no number and no limit.
std::optional<std::uint64_t> read_number(fs::path const& file) {
  std::ifstream stream(file);
  std::uint64_t value = 0;
  return stream >> value ? std::optional(value) : std::nullopt;
}

/// The number behind `name` in lines of "name number".
std::uint64_t read_named_number(fs::path const& file, std::string_view name) {
  std::ifstream stream(file);
  std::string key;
  for (std::uint64_t value = 0; stream >> key >> value;) {
    if (key == name) {
      return value;
    }
  }
  return 0;
}

std::uint64_t read_mem_available(fs::path const& meminfo) {
  std::ifstream stream(meminfo);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t kib = 0;
    if (words >> name >> kib && name == "MemAvailable:") {
      return kib * 1024;
    }
  }
  throw io_error(fmt::format("cannot read the available memory from {}", meminfo.string()), ENOENT, "mount /proc");
}

bool has_word(std::string const& list, std::string_view word) {
  std::istringstream words(list);
  for (std::string one; std::getline(words, one, ',');) {
    if (one == word) {
      return true;
    }
  }
  return false;
}

/// `path` in the hierarchy as seen from its mount: a container without a namespace of its own mounts only its own part
/// of the tree.
fs::path relative_to_mount(fs::path const& path, std::string const& mounted_root) {
  auto const relative = path.lexically_relative(mounted_root);
  bool const is_outside = relative.empty() || *relative.begin() == "..";
  return is_outside || relative == "." ? fs::path() : relative;
}

/// Where a line of /proc/self/cgroup ("4:memory:/a/b", "0::/a/b") puts this process, if it is about memory.
std::optional<CgroupPlace> find_place(std::string const& line, std::vector<Mount> const& mounts) {
  auto const first = line.find(':');
  auto const second = line.find(':', first == std::string::npos ? first : first + 1);
  if (second == std::string::npos) {
    return std::nullopt;
  }
  auto const controllers = line.substr(first + 1, second - first - 1);
  bool const is_version_2 = controllers.empty();
  if (!is_version_2 && !has_word(controllers, "memory")) {
    return std::nullopt;
  }
  auto const mount = std::find_if(mounts.begin(), mounts.end(), [is_version_2](Mount const& candidate) {
    return is_version_2 ? candidate.type == "cgroup2"
                        : candidate.type == "cgroup" && has_word(candidate.super_options, "memory");
  });
  if (mount == mounts.end()) {
    return std::nullopt;
  }
  return CgroupPlace{mount->point, relative_to_mount(line.substr(second + 1), mount->root),
                     is_version_2 ? version_2 : version_1};
}

/// What one cgroup leaves; nothing where it sets no limit.
std::optional<std::uint64_t> left_by(fs::path const& folder, CgroupFiles const& files) {
  auto const limit = read_number(folder / files.limit);
  auto const use = read_number(folder / files.use);
  if (!limit || !use) {
    return std::nullopt;
  }
  auto const cached = read_named_number(folder / "memory.stat", files.cached_inactive) +
                      read_named_number(folder / "memory.stat", files.cached_active);
  auto const kept = *use - std::min(cached, *use);
  return *limit - std::min(kept, *limit);
}

std::uint64_t left_by_cgroups(fs::path const& root, CgroupPlace const& place) {
  auto least = std::numeric_limits<std::uint64_t>::max();
  auto const top = root / place.mount_point.relative_path();
  for (fs::path folder = place.folder;; folder = folder.parent_path()) {
    least = std::min(least, left_by(top / folder, place.files).value_or(least));
    if (folder.empty()) {
      return least;
    }
  }
}

}  // namespace

std::uint64_t available_memory_bytes(fs::path const& root) {
  auto available = read_mem_available(root / "proc/meminfo");
  auto const mounts = read_mount_table(root / "proc/self/mountinfo");
  std::ifstream cgroups(root / "proc/self/cgroup");
  for (std::string line; std::getline(cgroups, line);) {
    if (auto const place = find_place(line, mounts)) {
      available = std::min(available, left_by_cgroups(root, *place));
    }
  }
  return available;
}

std::uint64_t memory_limit_in_effect(std::uint64_t limit_bytes, std::uint64_t available_bytes, int active_ranks) {
  auto const usable = usable_part_of_memory * static_cast<double>(available_bytes) / active_ranks;
  return std::min(limit_bytes, static_cast<std::uint64_t>(usable));
}

}  // namespace lauebench
