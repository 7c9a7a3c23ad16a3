#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "staging/posix_file.hpp"

namespace lauebench {

/// What changes when a file is written to, touched or exchanged. Times are nanoseconds since 1970 by the filesystem's
/// clock; nobody can set ctime.
struct FileState {
  std::uint64_t bytes = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;

  bool operator==(FileState const&) const = default;

  /// Whether the file still holds what `other` did, as far as one can see without reading it; names and rights, which
  /// ctime tells of too, may have changed.
  [[nodiscard]] bool has_content_of(FileState const& other) const {
    return bytes == other.bytes && mtime_ns == other.mtime_ns && inode == other.inode;
  }
};

[[nodiscard]] FileState state_of(struct stat const& status);

/// As it is now: it is opened, since network filesystems may answer from memory where a file is only looked at. One
/// that cannot be opened has no bytes and no inode.
[[nodiscard]] FileState state_of(std::filesystem::path const& file);

/// A scan as it was when its content was read.
struct SourceRecord {
  std::string path;  ///< absolute, without symbolic links
  FileState state;
  std::int64_t looked_at_ns = 0;  ///< this node's clock, before the content was read
  std::string digest;             ///< XXH3-128, hexadecimal

  bool operator==(SourceRecord const&) const = default;
};

struct ReplicaRecord {
  FileState state;  ///< of the replica, when its content was known to be the source's; all 0: it is about to be made
  SourceRecord source;
  std::string made_with{};  ///< options that decide how its blocks lie, as StagingTerms::made_with

  bool operator==(ReplicaRecord const&) const = default;
};

/// `<staging>/input/.laue-bench-manifest.json`: what is known about the replicas there, by file name.
struct ReplicaManifest {
  std::map<std::string, ReplicaRecord> replicas;
  std::string stripe{};  ///< what --stripe-input has made of the folder; empty: nothing

  /// The digest of the scan at `path`, if one was recorded for the state that it still has. A file that was written to
  /// within 2 s before it was read may have been written to again without a change of its times (filesystems count as
  /// coarsely as that); its record is not believed.
  [[nodiscard]] std::string known_digest(std::string const& path, FileState const& state) const;

  /// Records that the file `name` is about to be made from `source`, so that it is known as a replica even if the
  /// launch is killed before it can record more. Changes nothing about one that was made.
  void announce(std::string const& name, SourceRecord const& source);

  /// Whether a launch made the file that has this name now, whatever became of it since: it is the file that was
  /// recorded, or as large as that or its scan. (A copy that was announced alone, or made in another one's place when
  /// the launch was killed, can only be whole.) Another file was put there by somebody else.
  [[nodiscard]] bool names_replica(std::string const& name, FileState const& present) const;
};

/// `input` is the opened folder. A manifest that is missing or that cannot be understood is an empty one: the replicas
/// are then compared by content. Throws Error when it is a symbolic link or cannot be read.
[[nodiscard]] ReplicaManifest read_manifest(posix::Descriptor const& input, std::filesystem::path const& input_path);

/// Under a temporary name, synced and renamed. Throws Error.
void write_manifest(ReplicaManifest const& manifest, posix::Descriptor const& input,
                    std::filesystem::path const& input_path);

}  // namespace lauebench
