#pragma once

#include <cstdint>
#include <filesystem>

#include "config/cancellation.hpp"
#include "io/depth_files.hpp"

/// A filesystem by plain system calls: the yardsticks of reading scans and writing depth images.
namespace lauebench {

struct TimedBytes {
  std::uint64_t bytes = 0;
  double seconds = 0.0;
};

/// Reads a file from its beginning to its end, in blocks of a few MiB; the seconds reach from before it is opened until
/// it is closed. `cancellation` is looked at before each block. Throws Error.
[[nodiscard]] TimedBytes read_sequentially(std::filesystem::path const& file, Cancellation const& cancellation = {});

/// Of all files together, at least one.
struct FileSizes {
  std::uint64_t bytes = 0;
  std::uint64_t files = 1;
};

/// Writes new files of about the same size in such blocks, one after the other under the name `file`, no two of their
/// pages alike and none of them compressible. Each is made durable as `sync` says, after the last one the folder too,
/// and removed again, which the seconds leave out. `file` must not exist; nothing is left of it after an error either.
/// `cancellation` is looked at before each block. Throws Error.
[[nodiscard]] TimedBytes write_sequentially(std::filesystem::path const& file, FileSizes const& sizes, Sync sync,
                                            Cancellation const& cancellation = {});

}  // namespace lauebench
