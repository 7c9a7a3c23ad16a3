#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lauebench {

enum class FilesystemReach : std::uint8_t {
  local,    ///< a disk or memory of this node
  network,  ///< served by other machines: what lies in their caches cannot be known here
  unknown,
};

/// What it means for a read that this node's page cache does not hold a file.
enum class PageCacheRole : std::uint8_t {
  before_disk,    ///< the bytes come from the disk that is mounted
  is_storage,     ///< cannot be: the files live there
  before_server,  ///< the bytes come from servers, which have caches of their own
  bypassed,       ///< nothing: the filesystem keeps a cache elsewhere, or nothing is known of it
};

/// Whether files of equal content may lie in the same blocks, by deduplication for instance. Whether they do cannot be
/// asked for.
enum class BlockSharing : std::uint8_t { impossible, possible, unknown };

/// What a folder's filesystem is, as the records say it.
struct FilesystemFacts {
  std::string type;  ///< "ext4", "lustre", "tmpfs"; the magic number in hexadecimal where it is unknown
  FilesystemReach reach = FilesystemReach::unknown;
  std::string mount_point;  ///< empty, as device and options, where the mount is not in /proc/self/mountinfo
  std::string device;
  std::string options;  ///< of the mount, then of the filesystem, comma-separated
  std::uint64_t block_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  ///< that an ordinary user may still write
  /// Inodes; empty, as the next, where the filesystem makes them as needed.
  std::optional<std::uint64_t> total_files;
  std::optional<std::uint64_t> free_files;
  PageCacheRole page_cache = PageCacheRole::bypassed;
  BlockSharing block_sharing = BlockSharing::unknown;
};

/// `folder` exists. Throws Error (io_error).
[[nodiscard]] FilesystemFacts read_filesystem_facts(std::filesystem::path const& folder);

/// Name, reach and caching of a filesystem by the magic number of statfs(2).
struct FilesystemKind {
  std::string name;
  FilesystemReach reach = FilesystemReach::unknown;
  PageCacheRole page_cache = PageCacheRole::bypassed;
};
[[nodiscard]] FilesystemKind filesystem_kind(std::uint64_t magic);

}  // namespace lauebench
