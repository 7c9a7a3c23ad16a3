#include "io/depth_image.hpp"

#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include "config/error.hpp"
#include "io/depth_claim.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

namespace {

hdf5::Handle open_here(hdf5::Handle const& file, char const* path) {
  return hdf5::require(H5Dopen2(file.id(), path, H5P_DEFAULT), "no depth image", "");
}

/// What makes a file one of depth images.
struct Contents {
  std::vector<hsize_t> images;  ///< dimensions
  hsize_t depths = 0;
};

/// Empty when there is no such thing.
std::optional<Contents> contents_of(std::filesystem::path const& file) {
  hdf5::Scope const scope;
  try {
    auto const opened = hdf5::open_for_reading(file);
    auto const depth = open_here(opened, depth_path);
    auto const images = open_here(opened, stack_path);
    hdf5::Handle const depth_type(H5Dget_type(depth.id()));
    hdf5::Handle const depth_space(H5Dget_space(depth.id()));
    auto const depths = H5Sget_simple_extent_npoints(depth_space.id());
    if (H5Tget_class(depth_type.id()) != H5T_FLOAT || depths < 1) {
      return std::nullopt;
    }
    return Contents{hdf5::dimensions(hdf5::Handle(H5Dget_space(images.id()))), static_cast<hsize_t>(depths)};
  } catch (Error const&) {
    return std::nullopt;
  }
}

/// Empty when the dataset is chunked, HADDR_UNDEF when it has no place of its own.
std::optional<std::uint64_t> offset_of(hdf5::Handle const& dataset) {
  hdf5::Handle const properties(H5Dget_create_plist(dataset.id()));
  bool const is_chunked = H5Pget_layout(properties.id()) == H5D_CHUNKED;
  return is_chunked ? std::nullopt : std::optional<std::uint64_t>(H5Dget_offset(dataset.id()));
}

}  // namespace

bool is_depth_image(std::filesystem::path const& file) {
  auto const contents = contents_of(file);
  return contents && contents->images.size() == 2 && contents->depths == 1;
}

bool is_depth_stack(std::filesystem::path const& file) {
  auto const contents = contents_of(file);
  return contents && contents->images.size() == 3 && contents->depths == contents->images.front();
}

bool is_shared_stack(std::filesystem::path const& file) {
  auto const contents = contents_of(file);
  return contents && contents->images.size() == 4 && contents->depths == contents->images[1];
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
  auto shape = hdf5::dimensions(hdf5::Handle(H5Dget_space(image.id())));
  if (shape.size() == 2) {
    shape.insert(shape.begin(), 1);
  }
  std::optional<std::uint64_t> ranks;
  if (shape.size() == 4) {
    ranks = shape.front();
    shape.erase(shape.begin());
  }
  auto const type = hdf5::element_type_of(hdf5::Handle(H5Dget_type(image.id())));
  auto const offset = offset_of(image);
  if (shape.size() != 3 || offset == HADDR_UNDEF) {
    throw Error(ReturnCode::io_error, problem, "it holds no images, contiguous or in chunks", check_who_uses_it);
  }
  if (!type) {
    throw Error(ReturnCode::io_error, problem, "its pixels are of another type", check_who_uses_it);
  }
  return {offset, ranks, shape[0], shape[1], shape[2], *type};
}

std::filesystem::path StoredDepthImages::file(std::int64_t image) const {
  return layout == OutputLayout::per_depth ? depth_file_path(base, static_cast<int>(image)) : depth_stack_path(base);
}

ImagePlace place_of_images(StoredDepthImages const& images) {
  ImagePlace place = place_of_image(images.file(0));
  auto const in_file = static_cast<std::uint64_t>(images.count / images.files());
  auto const rank = static_cast<std::uint64_t>(images.rank);
  if (place.ranks.has_value() != (images.layout == OutputLayout::shared) || rank >= place.ranks.value_or(1)) {
    throw Error(ReturnCode::io_error, fmt::format("cannot read depth images '{}' again", images.base.string()),
                fmt::format("rank {} has none in '{}'", rank, images.file(0).string()), check_who_uses_it);
  }
  if (place.images != in_file || place.rows != static_cast<std::uint64_t>(images.rows) ||
      place.columns != static_cast<std::uint64_t>(images.columns)) {
    throw Error(ReturnCode::io_error, fmt::format("cannot read depth images '{}' again", images.base.string()),
                fmt::format("a file has {} of {} x {} pixels, {} of {} x {} were written", place.images, place.rows,
                            place.columns, in_file, images.rows, images.columns),
                "check who else uses the folder");
  }
  if (place.offset) {
    *place.offset += rank * place.images * place.rows * place.columns * size_bytes(place.type);
  }
  return place;
}

posix::Descriptor open_depth_image(std::filesystem::path const& file) {
  posix::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.valid()) {
    throw io_error(unreadable_again(file), errno, check_who_uses_it);
  }
  return opened;
}

}  // namespace lauebench
