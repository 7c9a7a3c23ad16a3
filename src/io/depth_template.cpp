#include <array>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/depth_datasets.hpp"
#include "io/depth_files.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_items.hpp"
#include "io/metadata_copy.hpp"
#include "io/metadata_size.hpp"

namespace lauebench {

namespace {

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
  auto const file = hdf5::create_in_memory(hdf5::creation_after(source).id(), problem);
  copy_metadata(source, file, problem);

  DepthFileTemplate result;
  result.scan = scan;
  result.rows = rows;
  result.columns = columns;
  result.element_type = element_type;
  {
    std::array<hsize_t, 2> const sizes{static_cast<hsize_t>(rows), static_cast<hsize_t>(columns)};
    auto const depth = hdf5::create_depths(file, 1, problem);
    auto const image = hdf5::create_images(file, element_type, sizes, problem);
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
