#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "staging/posix_file.hpp"
#include "staging/replica_manifest.hpp"
#include "staging/target_inspection.hpp"

namespace lauebench {

/// How replicas stand in the `input` folder of a staging folder that exists.
class InputFolder {
 public:
  /// Throws Error (bad_input) as inspect_target does.
  explicit InputFolder(std::filesystem::path const& staging_dir);

  /// Of a scan's content, if the folder's list has it for the state that the scan is in; empty otherwise.
  [[nodiscard]] std::string known_digest(SourceRecord const& source) const;

  /// How the replica `name` of `source`, whose digest is known_digest's, stands there. Also counts what it takes to
  /// bring it into order. Throws Error (bad_input) when it is no replica.
  ReplicaPresence look_at(std::string const& name, SourceRecord const& source, SpaceNeeds& needs) const;

  /// What half-made copies of killed launches hold; they are removed before anything is copied.
  [[nodiscard]] std::uint64_t left_over_bytes() const { return left_over_bytes_; }

 private:
  void count_left_overs();

  std::filesystem::path path_;
  posix::Descriptor folder_;  ///< not valid: there is none
  ReplicaManifest manifest_;
  std::uint64_t left_over_bytes_ = 0;
};

}  // namespace lauebench
