#pragma once

#include <span>
#include <string_view>

#include "io/hdf5_handle.hpp"
#include "kokkos_kernels/types.hpp"

/// What files of depth images hold beside what they have from the scan. For this room only; the caller holds a Scope.
/// All throw Error (io_error), beginning with `problem`.
namespace lauebench::hdf5 {

/// Properties of a file that takes the scan's groups: links of its root keep their order of creation where the scan's
/// do, and its addresses have as many bytes as the scan's: where they differ, HDF5 1.10.8 writes over the end of its
/// buffers when it copies objects.
[[nodiscard]] Handle creation_after(Handle const& scan);

/// /entry1/depth of `count` float64, um, whose place in the file is fixed at once. `file` has the scan's groups.
[[nodiscard]] Handle create_depths(Handle const& file, hsize_t count, std::string_view problem);

/// Likewise /entry1/data/data, images of these sizes; nothing is written in their place.
[[nodiscard]] Handle create_images(Handle const& file, ElementType type, std::span<hsize_t const> sizes,
                                   std::string_view problem);

}  // namespace lauebench::hdf5
