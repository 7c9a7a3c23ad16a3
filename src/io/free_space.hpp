#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace lauebench {

/// What a filesystem has left for this user.
struct FreeSpace {
  std::uint64_t bytes = 0;
  std::uint64_t block_bytes = 1;  ///< files take up whole blocks
  bool counts_files = false;      ///< some filesystems have no limit of files
  std::uint64_t files = 0;
};

/// Throws Error (io_error).
[[nodiscard]] FreeSpace free_space(std::filesystem::path const& folder);

/// Bytes free, or "unknown": for an error that is being told already.
[[nodiscard]] std::string free_bytes_text(std::filesystem::path const& folder);

}  // namespace lauebench
