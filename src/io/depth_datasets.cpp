#include "io/depth_datasets.hpp"

#include <array>
#include <bit>
#include <cstdint>

#include "io/hdf5_items.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench::hdf5 {

namespace {

static_assert(std::endian::native == std::endian::little,
              "depth files hold little-endian elements, written as they lie in memory");

/// A dataset whose place in the file is fixed at once.
Handle create_contiguous(Handle const& file, char const* path, ElementType type, std::span<hsize_t const> sizes,
                         std::string_view problem) {
  Handle const space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr));
  Handle const creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_layout(creation.id(), H5D_CONTIGUOUS);
  H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY);
  H5Pset_obj_track_times(creation.id(), false);  // the same reconstruction gives the same bytes, whenever it runs
  return require_created(
      H5Dcreate2(file.id(), path, stored_type(type), space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), problem);
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
  Handle images = create_contiguous(file, stack_path, type, sizes, problem);
  put_attribute(images, "signal", std::int32_t{1});
  return images;
}

}  // namespace lauebench::hdf5
