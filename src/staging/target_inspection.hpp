#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <sys/stat.h>

#include "config/error.hpp"
#include "staging/filesystem_facts.hpp"

namespace lauebench {

/// What a launch wants of a staging folder.
struct StagingRequest {
  std::vector<std::filesystem::path> sources;  ///< --h5, one at least; replicas are copies of them in turn
  std::filesystem::path staging_dir;
  std::vector<int> replicas;       ///< their numbers, ascending
  std::uint64_t output_bytes = 0;  ///< of the largest point, all its ranks that write there together
  std::uint64_t output_files = 0;
};

/// 0 .. count - 1
[[nodiscard]] std::vector<int> first_numbers(int count);

/// Bytes and files that a launch adds at most, and what is there for them. Not counted: that a replica as large as the
/// scan turns out to differ from it when both are read, or is made anew for its layout.
struct SpaceNeeds {
  std::uint64_t replica_bytes = 0;  ///< of replicas that are missing
  std::uint64_t spare_bytes = 0;    ///< of replicas to be replaced: the old one goes when the new one is whole
  std::uint64_t output_bytes = 0;   ///< rounded up to blocks per file
  std::uint64_t files = 0;
  std::uint64_t free_bytes =
      0;  ///< what earlier outputs and half-made copies hold counts as free: they are cleared first
  std::optional<std::uint64_t> free_files;

  [[nodiscard]] std::uint64_t needed_bytes() const { return replica_bytes + spare_bytes + output_bytes; }
};

enum class ReplicaPresence : std::uint8_t {
  missing,
  recorded,  ///< present and recorded as a copy of this very source
  unproven,  ///< present; its content has to be looked at
};

struct PlannedReplica {
  std::filesystem::path path;
  ReplicaPresence presence = ReplicaPresence::missing;
};

/// A staging target before anything is written.
struct TargetInspection {
  std::filesystem::path staging_dir;      ///< absolute
  std::filesystem::path existing_folder;  ///< staging_dir, or the nearest folder above it that exists
  FilesystemFacts filesystem;
  std::vector<std::uint64_t> source_bytes;  ///< of each scan
  std::vector<PlannedReplica> replicas;
  SpaceNeeds space;
};

/// Throws Error (bad_input) when `staging_dir` (absolute) cannot become a staging folder whatever is staged: the root
/// of all files, a file in its way, no permission to write, a filesystem that stores nothing, or inside the `input` or
/// `output` of another staging folder. Returns it, or the nearest folder above it that exists. Writes nothing.
std::filesystem::path check_staging_place(std::filesystem::path const& staging_dir);

/// The same for each of several, which are different folders (bad_input otherwise). Writes nothing.
void check_staging_places(std::vector<std::filesystem::path> const& staging_dirs);

/// Looks at a target without writing anything; the folder need not exist. Throws Error (bad_input) when it cannot
/// become one: check_staging_place, an input's own folder or one that would be overwritten or
/// cleared with an input in it, a symbolic link or another user's folder where `input` or `output` belong, foreign
/// entries in `output`, a file that is no replica (by its size; its content is looked at when it is staged) in a
/// replica's place.
[[nodiscard]] TargetInspection inspect_target(StagingRequest const& request);

/// Throws Error (bad_input) unless what is at `path` is a regular file of this user: nothing else is replaced by a
/// replica.
void check_replica_place(struct stat const& status, std::filesystem::path const& path);

/// The Error (bad_input) for a file of the user's own that has a replica's name.
[[nodiscard]] Error foreign_file(std::filesystem::path const& path);

/// Throws Error (bad_input), with needed and free figures, unless everything fits.
void check_space(SpaceNeeds const& needs, std::filesystem::path const& staging_dir);

/// Makes the folder and those above it. Throws Error (bad_input) when that is not allowed or it cannot be written to.
void make_staging_folder(std::filesystem::path const& staging_dir);

}  // namespace lauebench
