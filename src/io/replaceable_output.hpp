#pragma once

#include <filesystem>
#include <string_view>

/// What may have the names under which depth images and their summary are to be written. All functions that throw throw
/// Error (bad_input), beginning with `problem`.
namespace lauebench {

/// How HDF5 files begin.
inline constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

[[nodiscard]] bool is_file_not_link(std::filesystem::path const& file);

/// Throws when there is something other than a regular file or a link: a link of that name is replaced, not followed; a
/// folder cannot be replaced, and nobody wants to lose a device.
void require_replaceable(std::filesystem::path const& file, std::string_view problem);

/// Whether a part is empty or begins as HDF5 files do, so those that a killed run left too: the first bytes of a part
/// are written first.
[[nodiscard]] bool may_be_left_over(std::filesystem::path const& part);

/// Throws when there is something that a killed run cannot have left.
void require_left_over_part(std::filesystem::path const& part, std::string_view problem);

/// Throws when something other than summaries has the names of `<base>summary.txt` and its part.
void require_summary_names(std::filesystem::path const& base, std::string_view problem);

}  // namespace lauebench
