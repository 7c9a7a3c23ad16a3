#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>

#include "config/cancellation.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

/// Hands an open file's content to `take`, from its beginning to its end, in pieces of up to 8 MiB: large enough that a
/// system call costs nothing beside its copy. The file's position stays, so that several threads may read one file.
/// Returns the number of bytes. Throws Error: io_error when it cannot be read, and as `cancellation` does, which is
/// asked before each piece.
std::uint64_t read_through(posix::Descriptor const& file, std::filesystem::path const& path,
                           Cancellation const& cancellation,
                           std::function<void(std::span<std::byte const> piece)> const& take);

}  // namespace lauebench
