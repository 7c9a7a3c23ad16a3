#include <array>
#include <bit>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/depth_files.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_items.hpp"
#include "io/hdf5_types.hpp"
#include "io/metadata_copy.hpp"
#include "io/metadata_size.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

namespace {

static_assert(std::endian::native == std::endian::little,
              "depth files hold little-endian elements, written as they lie in memory");

/// Links of its root keep their order of creation where the scan's do. Its addresses have as many bytes as the scan's:
/// where they differ, HDF5 1.10.8 writes over the end of its buffers when it copies objects.
hdf5::Handle create_empty(hdf5::Handle const& scan, std::string_view problem) {
  hdf5::Handle const creation(H5Pcreate(H5P_FILE_CREATE));
  hdf5::Handle const scan_creation(H5Fget_create_plist(scan.id()));
  unsigned order = 0;
  if (H5Pget_link_creation_order(scan_creation.id(), &order) >= 0 && order != 0) {
    H5Pset_link_creation_order(creation.id(), order);
  }
  std::size_t address_bytes = 0;
  std::size_t length_bytes = 0;
  if (H5Pget_sizes(scan_creation.id(), &address_bytes, &length_bytes) >= 0) {
    H5Pset_sizes(creation.id(), address_bytes, length_bytes);
  }
  return hdf5::create_in_memory(creation.id(), problem);
}

/// A dataset whose place in the file is fixed at once.
hdf5::Handle create_contiguous(hdf5::Handle const& file, char const* path, ElementType type,
                               std::span<hsize_t const> sizes, std::string_view problem) {
  hdf5::Handle const space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr));
  hdf5::Handle const creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_layout(creation.id(), H5D_CONTIGUOUS);
  H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY);
  H5Pset_obj_track_times(creation.id(), false);  // the same reconstruction gives the same bytes, whenever it runs
  return hdf5::require_created(
      H5Dcreate2(file.id(), path, hdf5::stored_type(type), space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
      problem);
}

std::vector<std::byte> file_image(hdf5::Handle const& file, std::string_view problem) {
  hdf5::check_written(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), problem);
  ssize_t const size = H5Fget_file_image(file.id(), nullptr, 0);
  hdf5::check_written(size > 0 ? 0 : -1, problem);
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  hdf5::check_written(H5Fget_file_image(file.id(), bytes.data(), bytes.size()) == size ? 0 : -1, problem);
  return bytes;
}

std::string problem_of(std::filesystem::path const& scan) {
  return fmt::format("cannot build depth files from scan '{}'", scan.string());
}

std::uint64_t image_bytes(ElementType element_type, int rows, int columns) {
  return static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(columns) * size_bytes(element_type);
}

}  // namespace

std::uint64_t depth_file_template_bytes(std::filesystem::path const& scan, ElementType element_type, int rows,
                                        int columns) {
  hdf5::Scope const scope;
  return metadata_bytes(hdf5::open_for_reading(scan), problem_of(scan)) + image_bytes(element_type, rows, columns);
}

DepthFileTemplate make_depth_file_template(std::filesystem::path const& scan, ElementType element_type, int rows,
                                           int columns) {
  hdf5::Scope const scope;
  auto const problem = problem_of(scan);
  auto const source = hdf5::open_for_reading(scan);
  auto const file = create_empty(source, problem);
  copy_metadata(source, file, problem);

  DepthFileTemplate result;
  result.scan = scan;
  result.rows = rows;
  result.columns = columns;
  result.element_type = element_type;
  {
    std::array<hsize_t, 2> const sizes{static_cast<hsize_t>(rows), static_cast<hsize_t>(columns)};
    std::array<hsize_t, 1> const one{1};
    auto const depth = create_contiguous(file, depth_path, ElementType::float64, one, problem);
    hdf5::put_attribute(depth, "units", "micron");
    auto const image = create_contiguous(file, stack_path, element_type, sizes, problem);
    hdf5::put_attribute(image, "signal", std::int32_t{1});
    result.depth_offset = H5Dget_offset(depth.id());
    result.image_offset = H5Dget_offset(image.id());
  }
  result.bytes = file_image(file, problem);
  bool const inside = result.image_offset < result.bytes.size() &&
                      image_bytes(element_type, rows, columns) <= result.bytes.size() - result.image_offset &&
                      result.depth_offset < result.bytes.size() &&
                      sizeof(double) <= result.bytes.size() - result.depth_offset;
  if (!inside) {
    throw Error(ReturnCode::io_error, problem, "HDF5 has placed the image outside the file",
                "report this with the version that 'laue-bench info' prints");
  }
  return result;
}

}  // namespace lauebench
