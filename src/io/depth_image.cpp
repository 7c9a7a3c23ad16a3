#include "io/depth_image.hpp"

#include <string_view>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/hdf5_handle.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

namespace {

hdf5::Handle open_here(hdf5::Handle const& file, char const* path) {
  return hdf5::require(H5Dopen2(file.id(), path, H5P_DEFAULT), "no depth image", "");
}

}  // namespace

bool is_depth_image(std::filesystem::path const& file) {
  hdf5::Scope const scope;
  try {
    auto const opened = hdf5::open_for_reading(file);
    auto const depth = open_here(opened, depth_path);
    auto const image = open_here(opened, stack_path);
    hdf5::Handle const depth_type(H5Dget_type(depth.id()));
    hdf5::Handle const depth_space(H5Dget_space(depth.id()));
    hdf5::Handle const image_space(H5Dget_space(image.id()));
    return H5Tget_class(depth_type.id()) == H5T_FLOAT && H5Sget_simple_extent_npoints(depth_space.id()) == 1 &&
           H5Sget_simple_extent_ndims(image_space.id()) == 2;
  } catch (Error const&) {
    return false;
  }
}

std::string unreadable_again(std::filesystem::path const& file) {
  return fmt::format("cannot read depth image '{}' again", file.string());
}

ImagePlace place_of_image(std::filesystem::path const& file) {
  auto const problem = unreadable_again(file);
  hdf5::Scope const scope;
  hdf5::Handle opened;
  try {
    opened = hdf5::open_for_reading(file);
  } catch (Error const&) {
    throw Error(ReturnCode::io_error, problem, "it is missing or damaged", check_who_uses_it);
  }
  auto const image = hdf5::open_dataset(opened.id(), stack_path, problem, check_who_uses_it);
  auto const shape = hdf5::dimensions(hdf5::Handle(H5Dget_space(image.id())));
  hdf5::Handle const type(H5Dget_type(image.id()));
  haddr_t const offset = H5Dget_offset(image.id());
  if (shape.size() != 2 || offset == HADDR_UNDEF) {
    throw Error(ReturnCode::io_error, problem, "it holds no contiguous image", check_who_uses_it);
  }
  return {offset, shape[0], shape[1], H5Tget_size(type.id())};
}

}  // namespace lauebench
