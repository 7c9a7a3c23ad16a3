#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

/// The names that this room gives to files and folders, and by which it knows its own again.
namespace lauebench {

inline constexpr char const* input_folder_name = "input";
inline constexpr char const* output_folder_name = "output";
inline constexpr char const* marker_name = ".laue-bench";
inline constexpr char const* ceiling_file_name = "ceiling";  ///< beside a rank's outputs while writing is measured
inline constexpr char const* manifest_name = ".laue-bench-manifest.json";

/// Which of a launch's scans replica `i` is a copy of: they take turns.
[[nodiscard]] constexpr std::size_t scan_of_replica(int i, std::size_t scans) {
  return static_cast<std::size_t>(i) % scans;
}

/// `<basename>_<i>.h5`. The basename is the scan's without its extension; blanks that would break lines, bytes that are
/// no UTF-8 and what makes it longer than a file name may be are replaced by '_', an abbreviation and a digest of the
/// whole.
[[nodiscard]] std::string replica_name(std::filesystem::path const& source, int i);

/// Whether replica_name() can have made it.
[[nodiscard]] bool is_replica_name(std::string_view name);

/// `.<name>.laue-bench-tmp-<pid>`, what a file or folder is called until it is whole.
[[nodiscard]] std::string temporary_name(std::string_view name);

/// Whether temporary_name() of any process can have made it.
[[nodiscard]] bool is_temporary_name(std::string_view name);

/// `run_<...>`
[[nodiscard]] bool is_run_folder_name(std::string_view name);

/// `proc_<number>`
[[nodiscard]] bool is_rank_folder_name(std::string_view name);

/// What a rank writes in its folder: `out<m>.h5` or `out.h5`, `outsummary.txt`, all with `.part` behind them, and the
/// file by which writing is measured.
[[nodiscard]] bool is_output_file_name(std::string_view name);

}  // namespace lauebench
