#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include <sys/types.h>
#include <sys/uio.h>

#include "staging/posix_file.hpp"

/// Whole files of this room, read and written at offsets.
namespace lauebench {

/// Opens a regular file for reading. Throws Error with `problem`: bad_input when it is missing or no regular file,
/// io_error when the system refuses.
posix::Descriptor open_regular_file_for_reading(std::filesystem::path const& file, std::string_view problem);

/// Bytes of the file.
[[nodiscard]] std::uint64_t size_of(posix::Descriptor const& file, std::string_view problem);

/// Fills `destination` from `offset` on, over short reads and interruptions. Throws Error (io_error) with `problem`; a
/// file that ends too early is one.
void read_all(posix::Descriptor const& file, std::uint64_t offset, std::span<std::byte> destination,
              std::string_view problem);

/// Whether a file, its name not followed if it is a link, is empty or begins with `opening`. False when it cannot be
/// read.
[[nodiscard]] bool is_empty_or_begins_with(std::filesystem::path const& file, std::string_view opening);

/// Writes all of `pieces`, one behind the other, from `offset` on, over short writes and interruptions; uses `pieces`
/// up. Returns 0 or an errno.
[[nodiscard]] int write_all(posix::Descriptor const& file, std::uint64_t offset, std::span<iovec> pieces);

/// Reserves `bytes` from `offset` on, so that writing there finds room, and makes the file at least so long; does
/// nothing where the filesystem cannot reserve. Returns 0 or an errno.
[[nodiscard]] int reserve(posix::Descriptor const& file, std::uint64_t offset, std::uint64_t bytes);

/// Likewise the first `bytes` of a file that will grow; how long it is does not change.
[[nodiscard]] int reserve_for_growth(posix::Descriptor const& file, std::uint64_t bytes);

/// The folder that holds `file`, "." when its name has none.
[[nodiscard]] std::filesystem::path folder_of(std::filesystem::path const& file);

/// fsync of a file or folder. Throws Error (io_error).
void sync_to_disk(std::filesystem::path const& path);

}  // namespace lauebench
