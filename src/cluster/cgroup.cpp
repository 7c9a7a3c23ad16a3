#include "cluster/cgroup.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "cluster/mount_table.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

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

std::vector<fs::path> folders_from(fs::path const& top, fs::path folder) {
  std::vector<fs::path> folders;
  for (; !folder.empty(); folder = folder.parent_path()) {
    folders.push_back(top / folder);
  }
  folders.push_back(top);
  return folders;
}

/// Where a line of /proc/self/cgroup ("4:memory:/a/b", "0::/a/b") puts this process, if it is about the controller.
std::optional<CgroupPath> find_path(std::string const& line, std::string_view controller,
                                    std::vector<Mount> const& mounts, fs::path const& root) {
  auto const first = line.find(':');
  auto const second = line.find(':', first == std::string::npos ? first : first + 1);
  if (second == std::string::npos) {
    return std::nullopt;
  }
  auto const controllers = line.substr(first + 1, second - first - 1);
  bool const is_version_2 = controllers.empty();
  if (!is_version_2 && !has_word(controllers, controller)) {
    return std::nullopt;
  }
  auto const mount = std::ranges::find_if(mounts, [is_version_2, controller](Mount const& candidate) {
    return is_version_2 ? candidate.type == "cgroup2"
                        : candidate.type == "cgroup" && has_word(candidate.super_options, controller);
  });
  if (mount == mounts.end()) {
    return std::nullopt;
  }
  return CgroupPath{
      is_version_2 ? CgroupVersion::two : CgroupVersion::one,
      folders_from(root / mount->point.relative_path(), relative_to_mount(line.substr(second + 1), mount->root))};
}

std::optional<double> cpu_limit(fs::path const& folder, CgroupVersion version) {
  std::optional<double> quota_us;
  std::optional<double> period_us;
  if (version == CgroupVersion::two) {
    std::ifstream stream(folder / "cpu.max");  // "200000 100000" or "max 100000"
    double quota = 0.0;
    double period = 0.0;
    if (stream >> quota >> period) {
      quota_us = quota;
      period_us = period;
    }
  } else {
    quota_us = read_number<double>(folder / "cpu.cfs_quota_us");  // -1: none
    period_us = read_number<double>(folder / "cpu.cfs_period_us");
  }
  bool const is_limit = quota_us && period_us && *quota_us > 0.0 && *period_us > 0.0;
  return is_limit ? std::optional(*quota_us / *period_us) : std::nullopt;
}

template <class ReadLimit>
auto tightest(std::string_view controller, fs::path const& root, ReadLimit read_limit) {
  decltype(read_limit(root, CgroupVersion::two)) least;
  for (CgroupPath const& path : find_cgroups(controller, root)) {
    for (fs::path const& folder : path.folders) {
      auto const limit = read_limit(folder, path.version);
      if (limit && (!least || *limit < *least)) {
        least = limit;
      }
    }
  }
  return least;
}

}  // namespace

std::vector<CgroupPath> find_cgroups(std::string_view controller, fs::path const& root) {
  auto const mounts = read_mount_table(root / "proc/self/mountinfo");
  std::vector<CgroupPath> paths;
  std::ifstream cgroups(root / "proc/self/cgroup");
  for (std::string line; std::getline(cgroups, line);) {
    if (auto path = find_path(line, controller, mounts, root)) {
      paths.push_back(std::move(*path));
    }
  }
  return paths;
}

std::optional<std::uint64_t> memory_limit(fs::path const& folder, CgroupVersion version) {
  constexpr std::uint64_t no_limit = std::uint64_t{1} << 62U;  // version 1 has a number for it, in whole pages
  auto const limit =
      read_number<std::uint64_t>(folder / (version == CgroupVersion::two ? "memory.max" : "memory.limit_in_bytes"));
  return limit && *limit < no_limit ? limit : std::nullopt;
}

CgroupLimits cgroup_limits(fs::path const& root) {
  return {tightest("memory", root, memory_limit), tightest("cpu", root, cpu_limit)};
}

}  // namespace lauebench
