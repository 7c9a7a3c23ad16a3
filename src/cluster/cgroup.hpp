#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

namespace lauebench {

enum class CgroupVersion : std::uint8_t { one, two };

/// This process's cgroup and all above it, as one hierarchy shows them.
struct CgroupPath {
  CgroupVersion version = CgroupVersion::two;
  std::vector<std::filesystem::path> folders;  ///< its own first, the mount point last
};

/// Where `controller` ("memory", "cpu") may limit this process: each hierarchy of version 1 that has it, and version 2.
/// `root` stands before all paths that are read ("/" outside tests).
[[nodiscard]] std::vector<CgroupPath> find_cgroups(std::string_view controller, std::filesystem::path const& root);

/// The first number in a file of a cgroup; "max" is no number and no limit.
template <class Number>
[[nodiscard]] std::optional<Number> read_number(std::filesystem::path const& file) {
  std::ifstream stream(file);
  Number value{};
  return stream >> value ? std::optional(value) : std::nullopt;
}

/// What one cgroup allows those in it; empty where it sets no limit.
[[nodiscard]] std::optional<std::uint64_t> memory_limit(std::filesystem::path const& folder, CgroupVersion version);

/// What cgroups allow this process; empty where none sets a limit.
struct CgroupLimits {
  std::optional<std::uint64_t> memory_bytes;
  std::optional<double> cpus;  ///< seconds of CPU time per second
};

/// The tightest limits of this process's cgroup and those above it.
[[nodiscard]] CgroupLimits cgroup_limits(std::filesystem::path const& root = "/");

}  // namespace lauebench
