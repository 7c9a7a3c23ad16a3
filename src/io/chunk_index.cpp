#include "io/chunk_index.hpp"

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/fill_value.hpp"
#include "io/hdf5_types.hpp"

namespace lauebench {

namespace {

using hdf5::Handle;

using hdf5::check_or_copy_again;

/// The filters of a stack in their order.
std::vector<H5Z_filter_t> filters_of(Handle const& properties) {
  std::vector<H5Z_filter_t> filters;
  int const count = H5Pget_nfilters(properties.id());
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    filters.push_back(
        H5Pget_filter2(properties.id(), static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, nullptr));
  }
  return filters;
}

bool are_covered(std::vector<H5Z_filter_t> const& filters) {
  using Filters = std::vector<H5Z_filter_t>;
  return filters.empty() || filters == Filters{H5Z_FILTER_DEFLATE} || filters == Filters{H5Z_FILTER_SHUFFLE} ||
         filters == Filters{H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE};
}

/// HDF5 leaves the user block out of the addresses that it tells, up to some version and not in later ones.
bool has_user_block(Handle const& stack) {
  Handle const file(H5Iget_file_id(stack.id()));
  Handle const properties(H5Fget_create_plist(file.id()));
  hsize_t bytes = 0;
  return H5Pget_userblock(properties.id(), &bytes) < 0 || bytes != 0;
}

bool has_places(Handle const& stack, ChunkedStack const& chunked) {
  return chunked.chunk_count() <= most_chunk_places && !has_user_block(stack);
}

ChunkedStack without_places(Handle const& properties, ScanInfo const& info) {
  ChunkedStack stack;
  stack.shape = {info.stored_frames, info.rows, info.columns};
  stack.format.shape = *info.layout.chunk;
  stack.format.value_bytes = size_bytes(info.element_type);
  for (H5Z_filter_t const filter : filters_of(properties)) {
    stack.format.shuffle = filter == H5Z_FILTER_SHUFFLE ? ByteShuffle::on : stack.format.shuffle;
    stack.format.gzip_level = filter == H5Z_FILTER_DEFLATE ? 1 : stack.format.gzip_level;  // any: all are read alike
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    stack.chunks[axis] = (stack.shape[axis] + stack.format.shape[axis] - 1) / stack.format.shape[axis];
  }
  return stack;
}

ChunkPlace place_of(Handle const& stack, std::vector<hsize_t> const& first, std::string const& problem) {
  haddr_t address = HADDR_UNDEF;
  hsize_t bytes = 0;
  unsigned mask = 0;
  hdf5::check(H5Dget_chunk_info_by_coord(stack.id(), first.data(), &mask, &address, &bytes), problem,
              check_or_copy_again);
  return address == HADDR_UNDEF ? ChunkPlace{} : ChunkPlace{address, bytes, mask};
}

}  // namespace

std::string chunk_obstacle(Handle const& stack, ScanInfo const& info) {
  hdf5::Scope const scope;
  Handle const type(H5Dget_type(stack.id()));
  if (H5Tequal(type.id(), hdf5::memory_type(info.element_type)) <= 0) {
    return "its values are not stored as this machine holds them";
  }
  if (!info.layout.chunk) {
    return "it lies inside its header";
  }
  Handle const properties(H5Dget_create_plist(stack.id()));
  if (!are_covered(filters_of(properties))) {
    return "it has filters other than shuffle and gzip, or these in another order";
  }
  unsigned options = 0;
  if (H5Pget_chunk_opts(properties.id(), &options) < 0 || options != 0) {
    return "chunks at its edge are stored without filters";
  }
  if (!info.layout.filtered && !has_places(stack, without_places(properties, info))) {
    return fmt::format("it is not compressed and has more than {} chunks, or its file a user block", most_chunk_places);
  }
  return {};
}

std::vector<hsize_t> ChunkedStack::in_dataset(std::array<std::int64_t, 3> const& first) const {
  std::vector<hsize_t> place;
  if (part) {
    place.push_back(static_cast<hsize_t>(*part));
  }
  for (std::int64_t const index : first) {
    place.push_back(static_cast<hsize_t>(index));
  }
  return place;
}

ChunkedStack describe_chunks(Handle const& stack, ScanInfo const& info, std::optional<int> part) {
  hdf5::Scope const scope;
  auto const problem = fmt::format("cannot read where the chunks of scan '{}' lie", info.path.string());
  Handle const properties(H5Dget_create_plist(stack.id()));
  ChunkedStack chunked = without_places(properties, info);
  chunked.part = part;
  chunked.fill_value = fill_value_of(stack, info);
  if (!has_places(stack, chunked)) {
    return chunked;
  }
  auto const& shape = chunked.format.shape;
  chunked.places.reserve(static_cast<std::size_t>(chunked.chunk_count()));
  for (std::int64_t frame = 0; frame < chunked.shape[0]; frame += shape[0]) {
    for (std::int64_t row = 0; row < chunked.shape[1]; row += shape[1]) {
      for (std::int64_t column = 0; column < chunked.shape[2]; column += shape[2]) {
        chunked.places.push_back(place_of(stack, chunked.in_dataset({frame, row, column}), problem));
      }
    }
  }
  return chunked;
}

}  // namespace lauebench
