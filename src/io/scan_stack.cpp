#include "io/scan_stack.hpp"

#include <algorithm>
#include <array>
#include <climits>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/chunk_sizes.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

namespace {

using hdf5::check_or_copy_again;

std::string unusable(std::filesystem::path const& file) {
  return fmt::format("scan '{}' cannot be used", file.string());
}

Error elsewhere(std::filesystem::path const& file, std::string_view how) {
  return bad_input(unusable(file), fmt::format("the stack {} lies in other files ({})", stack_path, how),
                   "make a plain copy, for instance with 'h5repack -l CONTI' or h5copy");
}

std::string shape_text(std::vector<hsize_t> const& sizes) {
  std::string text;
  for (hsize_t const size : sizes) {
    text += fmt::format("{}{}", text.empty() ? "" : " x ", size);
  }
  return text.empty() ? "a single value" : text;
}

void read_shape(hdf5::Handle const& stack, ScanInfo& info) {
  hdf5::Handle const type(H5Dget_type(stack.id()));
  auto const element_type = hdf5::element_type_of(type);
  if (!element_type) {
    throw bad_input(unusable(info.path), fmt::format("{} is of type {}", stack_path, hdf5::describe_type(type)),
                    "expected unsigned 8 or 16, signed 8, 16 or 32-bit integers, float32 or float64");
  }
  hdf5::Handle const space(H5Dget_space(stack.id()));
  auto const sizes = hdf5::dimensions(space);
  auto const shape = fmt::format("{} is {}", stack_path, shape_text(sizes));
  if (sizes.size() != 3) {
    throw bad_input(unusable(info.path), shape, "expected frames x rows x columns");
  }
  std::int64_t bytes = static_cast<std::int64_t>(size_bytes(*element_type));
  for (hsize_t const size : sizes) {
    if (size > INT_MAX || __builtin_mul_overflow(bytes, static_cast<std::int64_t>(size), &bytes)) {
      throw bad_input(unusable(info.path), shape, "it is too large for this program; give a smaller stack");
    }
  }
  if (sizes[1] == 0 || sizes[2] == 0) {
    throw bad_input(unusable(info.path), shape, "frames need rows and columns");
  }
  if (sizes[0] < 2) {
    throw bad_input(unusable(info.path), shape + ": no images, since frame 0 is not used", "give a scan with frames");
  }
  info.element_type = *element_type;
  info.stored_frames = static_cast<int>(sizes[0]);
  info.rows = static_cast<int>(sizes[1]);
  info.columns = static_cast<int>(sizes[2]);
}

/// A staged copy of the scan must hold all of it, and frames that are not there would read as zeros without a word.
void require_stored_here(hdf5::Handle const& stack, hdf5::Handle const& properties, ScanInfo const& info) {
  bool const is_virtual = H5Pget_layout(properties.id()) == H5D_VIRTUAL;
  if (is_virtual || H5Pget_external_count(properties.id()) > 0) {
    throw elsewhere(info.path, is_virtual ? "a virtual dataset" : "external storage");
  }
  if (H5Dget_storage_size(stack.id()) == 0) {
    throw bad_input(unusable(info.path), fmt::format("{} was never written", stack_path), "give a scan with frames");
  }
}

void require_filters(hdf5::Handle const& properties, ScanInfo const& info) {
  int const filters = H5Pget_nfilters(properties.id());
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    std::array<char, 128> name{};
    auto const filter = H5Pget_filter2(properties.id(), static_cast<unsigned>(i), &flags, &values, nullptr, name.size(),
                                       name.data(), nullptr);
    if (filter >= 0 && H5Zfilter_avail(filter) <= 0) {
      throw bad_input(unusable(info.path),
                      fmt::format("{} is stored with filter {} '{}', which this HDF5 library lacks", stack_path,
                                  static_cast<int>(filter), hdf5::one_line(name.data())),
                      "install the filter's plugin and set HDF5_PLUGIN_PATH, or repack the file with h5repack");
    }
  }
}

void read_layout(hdf5::Handle const& properties, ScanInfo& info) {
  info.layout.filtered = H5Pget_nfilters(properties.id()) > 0;
  if (H5Pget_layout(properties.id()) == H5D_CHUNKED) {
    std::array<hsize_t, 3> chunk{};
    H5Pget_chunk(properties.id(), 3, chunk.data());
    info.layout.chunk = {static_cast<std::int64_t>(chunk[0]), static_cast<std::int64_t>(chunk[1]),
                         static_cast<std::int64_t>(chunk[2])};
  }
}

std::array<hsize_t, 3> first_of(FrameBox const& box) {
  return {static_cast<hsize_t>(box.first_frame), static_cast<hsize_t>(box.first_row), 0};
}

std::array<hsize_t, 3> sizes_of(FrameBox const& box, ScanInfo const& info) {
  return {static_cast<hsize_t>(box.frames), static_cast<hsize_t>(box.rows), static_cast<hsize_t>(info.columns)};
}

}  // namespace

hdf5::Handle open_stack(hdf5::Handle const& file, std::filesystem::path const& name) {
  if (!hdf5::link_exists(file.id(), stack_path)) {
    throw bad_input(unusable(name), fmt::format("it has no dataset {}", stack_path),
                    "give the HDF5 file of a wire scan");
  }
  auto const address = hdf5::object_address(file.id(), stack_path);
  if (address && address->type != H5O_TYPE_DATASET) {
    throw bad_input(unusable(name), fmt::format("{} is not a dataset", stack_path),
                    "give the HDF5 file of a wire scan");
  }
  auto const root = hdf5::object_address(file.id(), "/");
  if (address && root && address->file_number != root->file_number) {
    throw elsewhere(name, "an external link");
  }
  auto const problem = fmt::format("{}: cannot open {}", unusable(name), stack_path);
  // What H5Dopen2 must not find out: see link_access. It is closed again, since the first to open it sets the cache.
  hdf5::open_dataset(file.id(), stack_path, problem, check_or_copy_again).reset();
  hdf5::Handle const access = hdf5::link_access(H5P_DATASET_ACCESS);
  H5Pset_chunk_cache(access.id(), 0, 0, 1.0);
  return hdf5::require(H5Dopen2(file.id(), stack_path, access.id()), problem, check_or_copy_again);
}

void describe_stack(hdf5::Handle const& stack, ScanInfo& info) {
  hdf5::Scope const scope;
  read_shape(stack, info);
  hdf5::Handle const properties(H5Dget_create_plist(stack.id()));
  require_stored_here(stack, properties, info);
  require_filters(properties, info);
  read_layout(properties, info);
}

bool are_chunks_whole(hdf5::Handle const& stack, FrameBox const& box, ScanInfo const& info) {
  return hdf5::ChunkSizes(stack).are_whole(first_of(box), sizes_of(box, info));
}

void read_frames(hdf5::Handle const& stack, FrameBox const& box, ScanInfo const& info, std::span<std::byte> destination,
                 std::string_view problem, hid_t transfer) {
  hdf5::Scope const scope;
  auto const first = first_of(box);
  auto const sizes = sizes_of(box, info);
  hdf5::Handle const in_file(H5Dget_space(stack.id()));
  hdf5::Handle const in_memory(H5Screate_simple(3, sizes.data(), nullptr));
  hdf5::check_read(H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, first.data(), nullptr, sizes.data(), nullptr),
                   problem);
  hdf5::check_read(H5Dread(stack.id(), hdf5::memory_type(info.element_type), in_memory.id(), in_file.id(), transfer,
                           destination.data()),
                   problem);
}

std::filesystem::path file_of(hdf5::Handle const& stack) {
  hdf5::Scope const scope;
  ssize_t const length = H5Fget_name(stack.id(), nullptr, 0);
  std::string file(static_cast<std::size_t>(std::max<ssize_t>(0, length)), '\0');
  H5Fget_name(stack.id(), file.data(), file.size() + 1);
  return file;
}

std::optional<ContiguousPlace> contiguous_place(hdf5::Handle const& stack) {
  hdf5::Scope const scope;
  hdf5::Handle const properties(H5Dget_create_plist(stack.id()));
  if (H5Pget_layout(properties.id()) != H5D_CONTIGUOUS || H5Pget_external_count(properties.id()) != 0) {
    return std::nullopt;
  }
  haddr_t const offset = H5Dget_offset(stack.id());
  if (offset == HADDR_UNDEF) {
    return std::nullopt;
  }
  return ContiguousPlace{file_of(stack), offset};
}

posix::Descriptor open_contiguous(ContiguousPlace const& place, ScanInfo const& info) {
  auto file = open_regular_file_for_reading(place.file, unusable(info.path));
  auto const size = size_of(file, unusable(info.path));
  auto const bytes = static_cast<std::uint64_t>(info.image_bytes()) * static_cast<std::uint64_t>(info.stored_frames);
  if (place.offset > size || bytes > size - place.offset) {
    throw bad_input(unusable(info.path),
                    fmt::format("the file is truncated: {} needs bytes {} to {}, the file has {}", stack_path,
                                place.offset, place.offset + bytes, size),
                    "copy it again from its source");
  }
  return file;
}

}  // namespace lauebench
