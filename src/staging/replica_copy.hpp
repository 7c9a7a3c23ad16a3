#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_manifest.hpp"

namespace lauebench {

/// A file that was just copied.
struct Copied {
  FileState state;     ///< of the copy, under its final name
  std::string digest;  ///< of the bytes that went through, XXH3-128
};

/// What has the name of a replica when its copy is whole.
enum class Occupant : std::uint8_t {
  replaced,
  unexpected,  ///< somebody made it meanwhile, and it stays: an Error (bad_input)
};

/// Where a replica belongs; `path` is for messages.
struct ReplicaTarget {
  posix::Descriptor const& folder;
  std::string name;
  std::filesystem::path path;
  Occupant occupant = Occupant::replaced;
  ReplicaBlocks blocks = ReplicaBlocks::own;
};

/// Copies all of `source` to its place, in the stead of what is there: under a temporary name, its blocks
/// reserved first where the filesystem can (so that a full disk shows at once), synced, renamed, the folder synced.
/// Every byte is written, unless the target asks for the source's blocks (FICLONE): a clone may be read at another
/// speed than a file of its own. Nothing but what was there before is left when it fails. `source`'s position stays, so
/// that it may be copied several times at once. Throws Error, as `cancellation` does too.
[[nodiscard]] Copied copy_replica(posix::Descriptor const& source, std::filesystem::path const& source_path,
                                  ReplicaTarget const& target, Cancellation const& cancellation = {});

}  // namespace lauebench
