#pragma once

#include <filesystem>

#include "support/choices.hpp"
#include "support/hostile_items.hpp"

namespace lauebench::fuzz {

/// Writes a valid HDF5 file over `path`: a small wire scan that carries its truth, but for what `choices` make of it.
/// `chunks` are those of its frames. False when HDF5 cannot make such a file.
///
/// A child process does it: HDF5 1.10.8 crashes of some of what it is told to write, too, and damage that it does to
/// its own memory then must not be taken for the reader's.
[[nodiscard]] bool write_hostile_scan(std::filesystem::path const& path, ChunkContent chunks, Choices choices);

}  // namespace lauebench::fuzz
