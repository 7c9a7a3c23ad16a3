#include "io/depth_datasets.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "io/hdf5_items.hpp"
#include "io/hdf5_types.hpp"
#include "io/metadata_copy.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench::hdf5 {

namespace {

static_assert(std::endian::native == std::endian::little,
              "depth files hold little-endian elements, written as they lie in memory");

/// The same reconstruction gives the same bytes, whenever it runs.
Handle untimed_creation(std::string_view problem) {
  Handle creation = require_created(H5Pcreate(H5P_DATASET_CREATE), problem);
  check_written(H5Pset_obj_track_times(creation.id(), false), problem);
  return creation;
}

Handle create(Handle const& file, char const* path, ElementType type, std::span<hsize_t const> sizes,
              Handle const& creation, std::string_view problem) {
  Handle const space =
      require_created(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), problem);
  return require_created(
      H5Dcreate2(file.id(), path, stored_type(type), space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), problem);
}

/// A dataset whose place in the file is fixed at once.
Handle create_contiguous(Handle const& file, char const* path, ElementType type, std::span<hsize_t const> sizes,
                         std::string_view problem) {
  Handle const creation = untimed_creation(problem);
  check_written(H5Pset_layout(creation.id(), H5D_CONTIGUOUS), problem);
  check_written(H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY), problem);
  return create(file, path, type, sizes, creation, problem);
}

Handle with_signal(Handle images) {
  put_attribute(images, "signal", std::int32_t{1});
  return images;
}

}  // namespace

Handle creation_after(Handle const& scan) {
  Handle creation(H5Pcreate(H5P_FILE_CREATE));
  Handle const scan_creation(H5Fget_create_plist(scan.id()));
  unsigned order = 0;
  if (H5Pget_link_creation_order(scan_creation.id(), &order) >= 0 && order != 0) {
    H5Pset_link_creation_order(creation.id(), order);
  }
  std::size_t address_bytes = 0;
  std::size_t length_bytes = 0;
  if (H5Pget_sizes(scan_creation.id(), &address_bytes, &length_bytes) >= 0) {
    H5Pset_sizes(creation.id(), address_bytes, length_bytes);
  }
  return creation;
}

Handle create_depths(Handle const& file, hsize_t count, std::string_view problem) {
  std::array<hsize_t, 1> const sizes{count};
  Handle depths = create_contiguous(file, depth_path, ElementType::float64, sizes, problem);
  put_attribute(depths, "units", "micron");
  return depths;
}

Handle create_images(Handle const& file, ElementType type, std::span<hsize_t const> sizes, std::string_view problem) {
  return with_signal(create_contiguous(file, stack_path, type, sizes, problem));
}

Handle create_compressed_images(Handle const& file, ElementType type, std::span<hsize_t const> sizes,
                                std::span<hsize_t const> chunk, int gzip_level, std::string_view problem) {
  Handle const creation = untimed_creation(problem);
  check_written(H5Pset_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()), problem);
  check_written(H5Pset_deflate(creation.id(), static_cast<unsigned>(gzip_level)), problem);
  check_written(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), problem);
  return with_signal(create(file, stack_path, type, sizes, creation, problem));
}

Handle create_stack_file(WriteGuard& guard, std::filesystem::path const& scan, DepthGrid const& depths,
                         std::string_view problem, std::int64_t alignment_bytes) {
  Handle const source = open_for_reading(scan);
  Handle file = create_guarded_file(guard, problem, creation_after(source).id(), alignment_bytes);
  copy_metadata(source, file, problem);
  std::vector<double> values_um;
  values_um.reserve(static_cast<std::size_t>(depths.count));
  for (int m = 0; m < depths.count; ++m) {
    values_um.push_back(depths.depth_um(m));
  }
  Handle const dataset = create_depths(file, values_um.size(), problem);
  check_written(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values_um.data()), problem);
  return file;
}

}  // namespace lauebench::hdf5
