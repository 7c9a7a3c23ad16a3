#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/stat.h>

#include "config/cancellation.hpp"
#include "config/error.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_manifest.hpp"

namespace lauebench {

/// Where a scan's digest came from.
enum class Belief : std::uint8_t {
  none,
  manifest,  ///< from an earlier launch: size, times and inode are what they were
  content,   ///< read in this launch
};

/// A scan, open for the whole staging, so that all its replicas are copies of one and the same file.
struct ReplicaSource {
  /// Throws Error when it cannot be opened.
  explicit ReplicaSource(std::filesystem::path const& given_path);

  /// Takes over what the manifest knows of its content, if anything.
  void believe(ReplicaManifest const& manifest);

  /// The manifest was wrong, so what was decided by it has to be decided again by content.
  void doubt();

  /// Reads the content where nothing is known of it.
  [[nodiscard]] std::string const& digest(Cancellation const& cancellation);

  /// Whether it has another state by now than its record says.
  [[nodiscard]] bool has_changed() const;

  /// Its state is taken down anew, after something that changed its ctime alone.
  void look_again();

  [[nodiscard]] bool is_file(struct stat const& status) const;

  std::filesystem::path given;
  posix::Descriptor file;
  SourceRecord record;  ///< digest empty: not known yet
  Belief belief = Belief::none;
  dev_t device = 0;
};

/// The Error (bad_input) for a scan that was written to while it was staged.
[[nodiscard]] Error changed_meanwhile(std::string const& source);

}  // namespace lauebench
