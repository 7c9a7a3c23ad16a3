#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "config/config.hpp"
#include "io/hdf5_guarded_file.hpp"
#include "io/hdf5_handle.hpp"
#include "kokkos_kernels/types.hpp"

/// What files of depth images hold beside what they have from the scan. For this room only; the caller holds a Scope.
/// All throw Error (io_error), beginning with `problem`.
namespace lauebench::hdf5 {

/// Properties of a file that takes the scan's groups: links of its root keep their order of creation where the scan's
/// do, and its addresses have as many bytes as the scan's: where they differ, HDF5 1.10.8 writes over the end of its
/// buffers when it copies objects.
[[nodiscard]] Handle creation_after(Handle const& scan);

/// A new file on `guard` with what depth files have from the scan, and all depths; aligned as align_objects does.
[[nodiscard]] Handle create_stack_file(WriteGuard& guard, std::filesystem::path const& scan, DepthGrid const& depths,
                                       std::string_view problem, std::int64_t alignment_bytes = 1);

/// /entry1/depth of `count` float64, um, whose place in the file is fixed at once. `file` has the scan's groups.
[[nodiscard]] Handle create_depths(Handle const& file, hsize_t count, std::string_view problem);

/// Likewise /entry1/data/data, images of these sizes; nothing is written in their place.
[[nodiscard]] Handle create_images(Handle const& file, ElementType type, std::span<hsize_t const> sizes,
                                   std::string_view problem);

/// Likewise, in chunks of these sizes, which gzip compresses.
[[nodiscard]] Handle create_compressed_images(Handle const& file, ElementType type, std::span<hsize_t const> sizes,
                                              std::span<hsize_t const> chunk, int gzip_level, std::string_view problem);

}  // namespace lauebench::hdf5
