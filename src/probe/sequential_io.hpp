#pragma once

#include <cstdint>
#include <filesystem>

#include "io/depth_files.hpp"

/// A filesystem by plain system calls: the yardsticks of reading scans and writing depth images.
namespace lauebench {

struct TimedBytes {
  std::uint64_t bytes = 0;
  double seconds = 0.0;
};

/// Reads a file from its beginning to its end, in blocks of a few MiB; the seconds reach from before it is opened until
/// it is closed. Throws Error.
[[nodiscard]] TimedBytes read_sequentially(std::filesystem::path const& file);

/// Writes a new file of `bytes` bytes in such blocks, no two of its pages alike and none of them compressible, makes it
/// durable as `sync` says, its name in the folder included, and removes it again; the seconds end before that. `file`
/// must not exist; nothing is left of it after an error either. Throws Error.
[[nodiscard]] TimedBytes write_sequentially(std::filesystem::path const& file, std::uint64_t bytes, Sync sync);

}  // namespace lauebench
