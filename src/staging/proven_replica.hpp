#pragma once

#include <filesystem>
#include <string>

#include "staging/replica_manifest.hpp"

namespace lauebench {

/// A replica whose content staging has proven, as one rank finds it from then on.
class ProvenReplica {
 public:
  /// `checksum` is that of its content, XXH3-128 in hexadecimal, and `state` the file's when it was proven.
  ProvenReplica(std::filesystem::path path, std::string checksum, FileState const& state);

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

  /// Whether it still holds what was proven. Size, inode and times tell. Where ctime alone is another one, the file has
  /// got other rights or names, or other content whose mtime was set back: it is read. So it is where this node shows
  /// another state from the beginning, as it may of a file that another node has written. Throws Error (io_error) when
  /// that fails.
  [[nodiscard]] bool is_unchanged();

 private:
  std::filesystem::path path_;
  std::string checksum_;
  FileState state_;                  ///< when its content was last known
  bool is_state_seen_here_ = false;  ///< else another node may have seen it
};

}  // namespace lauebench
