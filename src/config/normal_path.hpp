#pragma once

#include <filesystem>

namespace lauebench {

/// `path` from the root on. Throws Error (bad_input) for a relative one in a working folder that was removed, as do the
/// functions below.
[[nodiscard]] std::filesystem::path absolute_path(std::filesystem::path const& path);

/// Absolute, without ".", ".." and a slash at the end, by the text alone: looks at the current folder, at no file.
[[nodiscard]] std::filesystem::path normal_path(std::filesystem::path const& path);

/// The same, with the symbolic links followed in the part that exists, so that one place has one name (and "link/.."
/// is the folder above the link's target). What cannot be looked at stays as normal_path has it.
[[nodiscard]] std::filesystem::path real_path(std::filesystem::path const& path);

}  // namespace lauebench
