#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "staging/posix_file.hpp"

namespace lauebench {

/// A run's folder, whole or half made.
struct PreviousRun {
  std::string name;
  std::uint64_t bytes = 0;  ///< on disk
};

/// What earlier runs left in `<staging>/output`, all of it ours.
struct PreviousOutput {
  std::uint64_t bytes = 0;  ///< on disk
  std::uint64_t files = 0;
  std::vector<PreviousRun> runs;
  bool is_marked = false;  ///< the folder `output` itself
};

/// Looks through `<staging>/output` without changing anything; the folder need not exist. Throws Error (bad_input) for
/// what OutputFolders::clear_previous would refuse.
[[nodiscard]] PreviousOutput find_previous_output(std::filesystem::path const& staging_dir);

/// Deletes what that finds, and the folder itself where it is marked as ours. Throws Error.
void remove_output(std::filesystem::path const& staging_dir);

/// `<staging>/output` and the folders of runs in it. Every folder that we make holds a marker file (`.laue-bench`)
/// before it gets its name, and is empty but for it, under a temporary name, before it loses it: whenever the process
/// is killed, what is left is recognised as ours and what is not is never touched.
///
/// A symbolic link, a folder without our marker, a file of a name that we do not produce or that belongs to another
/// user is foreign. One foreign entry is an Error (bad_input) that names it, and nothing at all is deleted then.
/// Symbolic links are never followed below the staging folder.
class OutputFolders {
 public:
  /// Makes `<staging>/output` with its marker unless it is there. `session_id` goes into the markers, runs' folders are
  /// laid out as `stripe` says (--stripe-output).
  OutputFolders(std::filesystem::path const& staging_dir, std::string session_id, std::string stripe = {});

  /// Deletes all earlier runs' folders, and what a killed launch left half made or half deleted.
  void clear_previous();

  /// Makes run_folder() and in it `proc_<i>` for each of the indices, on disk when it returns. Returns its path.
  std::filesystem::path create_run(std::string const& run_id, std::vector<int> const& indices);

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::string session_id_;
  std::string stripe_;
  posix::Descriptor folder_;
};

/// `<staging>/output/run_<run_id>`
[[nodiscard]] std::filesystem::path run_folder(std::filesystem::path const& staging_dir, std::string const& run_id);

/// Where rank `i` of a run writes: `<run>/proc_<i>`; its files are `out<m>.h5` or `out.h5`, and `outsummary.txt`.
[[nodiscard]] std::filesystem::path rank_folder(std::filesystem::path const& run_folder, int i);

}  // namespace lauebench
