#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "kokkos_kernels/types.hpp"

namespace lauebench::test {

/// Depth files as a plain program writes them: one HDF5 file after another, `<base><m>.h5` with image and depth;
/// `images` is [depths][rows][columns]. Throws std::runtime_error when HDF5 fails.
void write_plain_depth_files(std::filesystem::path const& base, DepthGrid const& depths, int rows, int columns,
                             ElementType type, std::span<std::byte const> images);

}  // namespace lauebench::test
