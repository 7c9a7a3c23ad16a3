#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "io/hdf5_handle.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// Part of a file's depth images, all of its columns.
struct DepthBlock {
  ElementType element_type = ElementType::uint16;
  std::span<std::uint64_t const> first;  ///< element along each dimension of the file's images
  std::span<std::uint64_t const> sizes;  ///< along each dimension
  std::span<std::byte const> values;     ///< of these sizes
};

/// Writes a block into the images of an open file, with these transfer properties, for this room only. The caller holds
/// a Scope. Throws Error (io_error), beginning with `problem`.
void write_block(hdf5::Handle const& images, DepthBlock const& block, std::string_view problem,
                 hid_t transfer = H5P_DEFAULT);

/// Writes a block into the images of a file that is laid out already, by HDF5 alone. The file is open only meanwhile:
/// each that stays open would cost 0.55 MB. Throws Error (io_error), beginning with `problem`.
void write_block_by_hdf5(std::filesystem::path const& file, DepthBlock const& block, std::string_view problem);

}  // namespace lauebench
