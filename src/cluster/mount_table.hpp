#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lauebench {

/// One line of /proc/self/mountinfo.
struct Mount {
  std::string root;  ///< what of the filesystem is mounted: "/" or a folder inside it
  std::filesystem::path point;
  std::string options;  ///< of this mount ("rw,relatime")
  std::string type;     ///< "ext4", "nfs4", "fuse.sshfs"
  std::string device;
  std::string super_options;  ///< of the filesystem
};

/// Lines that are not understood are left out.
[[nodiscard]] std::vector<Mount> parse_mount_table(std::string_view mountinfo);

/// The mounts that this process sees; empty where they cannot be read.
[[nodiscard]] std::vector<Mount> read_mount_table(std::filesystem::path const& mountinfo = "/proc/self/mountinfo");

/// The mount that holds the absolute, symlink-free `path`: the longest mount point above it, the latest where several
/// lie on each other. Null: none.
[[nodiscard]] Mount const* find_mount(std::vector<Mount> const& mounts, std::filesystem::path const& path);

}  // namespace lauebench
