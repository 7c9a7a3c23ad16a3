#include "staging/staging_notes.hpp"

#include <fmt/format.h>

namespace lauebench {

std::string_view to_string(StagingNote note) {
  switch (note) {
    case StagingNote::identical_replicas_on_sharing_filesystem:
      return "identical_replicas_on_sharing_filesystem";
  }
  return "unknown";
}

std::vector<StagingNote> staging_notes(FilesystemFacts const& filesystem, ReplicaContents contents) {
  if (contents == ReplicaContents::some_identical && filesystem.block_sharing == BlockSharing::possible) {
    return {StagingNote::identical_replicas_on_sharing_filesystem};
  }
  return {};
}

std::string advice(StagingNote note, FilesystemFacts const& filesystem) {
  switch (note) {
    case StagingNote::identical_replicas_on_sharing_filesystem:
      return fmt::format(
          "some replicas are identical, and {} can keep identical files in the same blocks, which flatters it where it "
          "deduplicates: give --h5 several times, a scan for each rank (laue-bench generate --count N makes N)",
          filesystem.type);
  }
  return {};
}

}  // namespace lauebench
