#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

namespace lauebench::test {

/// Copies a scan and stores its frames in other chunks: frames, rows, columns, 0 for as many as there are. Throws
/// std::runtime_error when HDF5 fails.
void copy_in_chunks(std::filesystem::path const& from, std::filesystem::path const& to,
                    std::array<std::uint64_t, 3> const& chunk, int gzip_level, bool shuffle);

}  // namespace lauebench::test
