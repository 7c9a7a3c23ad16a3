#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "staging/filesystem_facts.hpp"

namespace lauebench {

/// What a reader should know of a staged target before trusting its runs; the closed list of the schema.
enum class StagingNote : std::uint8_t {
  identical_replicas_on_sharing_filesystem,  ///< storage that deduplicates may hold and read one for several
};

[[nodiscard]] std::string_view to_string(StagingNote note);

/// Whether some of a target's replicas have the same content.
enum class ReplicaContents : std::uint8_t { different, some_identical };

[[nodiscard]] std::vector<StagingNote> staging_notes(FilesystemFacts const& filesystem, ReplicaContents contents);

/// What a note means and what to do, for people.
[[nodiscard]] std::string advice(StagingNote note, FilesystemFacts const& filesystem);

}  // namespace lauebench
