#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lauebench {

/// A file or folder of a staging folder that is certain to be a launch's.
struct LeftBehind {
  std::string what;  ///< for people: "replica", "half-made copy"
  std::filesystem::path path;
  std::uint64_t bytes = 0;  ///< on disk
};

/// What launches left in `staging_dir`: replicas that the manifest names and the manifest, marked output folders,
/// copies and other files that a killed launch left half made, the lock. Results and all files that are not known to be
/// ours are left out, and so are symbolic links and what belongs to another user. Writes nothing. Throws Error:
/// bad_input when there is no such folder, or when `input` or `output` is a link, another user's, or `output` has a
/// foreign entry (OutputFolders).
[[nodiscard]] std::vector<LeftBehind> find_left_behind(std::filesystem::path const& staging_dir);

/// Removes what that finds; the folder `input` with it if nothing else is there. `staging_dir` itself stays. Whoever
/// calls it holds the folder's lock. Throws Error as that does, before anything is removed.
void remove_left_behind(std::filesystem::path const& staging_dir);

/// The replicas and the manifest alone.
void remove_replicas(std::filesystem::path const& staging_dir);

}  // namespace lauebench
