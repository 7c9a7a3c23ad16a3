#include "cluster/memory.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cluster/cgroup.hpp"
#include "config/error.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// The names by which one version of cgroups calls the same things.
struct CgroupFiles {
  char const* use;
  char const* cached_inactive;  ///< in memory.stat
  char const* cached_active;
};

constexpr CgroupFiles version_1{"memory.usage_in_bytes", "total_inactive_file", "total_active_file"};
constexpr CgroupFiles version_2{"memory.current", "inactive_file", "active_file"};

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

/// What one cgroup leaves; nothing where it sets no limit.
std::optional<std::uint64_t> left_by(fs::path const& folder, CgroupVersion version) {
  CgroupFiles const& files = version == CgroupVersion::one ? version_1 : version_2;
  auto const limit = memory_limit(folder, version);
  auto const use = read_number<std::uint64_t>(folder / files.use);
  if (!limit || !use) {
    return std::nullopt;
  }
  auto const cached = read_named_number(folder / "memory.stat", files.cached_inactive) +
                      read_named_number(folder / "memory.stat", files.cached_active);
  auto const kept = *use - std::min(cached, *use);
  return *limit - std::min(kept, *limit);
}

}  // namespace

std::uint64_t available_memory_bytes(fs::path const& root) {
  auto available = read_mem_available(root / "proc/meminfo");
  for (CgroupPath const& path : find_cgroups("memory", root)) {
    for (fs::path const& folder : path.folders) {
      available = std::min(available, left_by(folder, path.version).value_or(available));
    }
  }
  return available;
}

std::uint64_t memory_limit_in_effect(std::uint64_t limit_bytes, std::uint64_t available_bytes, int active_ranks) {
  auto const usable = usable_part_of_memory * static_cast<double>(available_bytes) / active_ranks;
  return std::min(limit_bytes, static_cast<std::uint64_t>(usable));
}

}  // namespace lauebench
