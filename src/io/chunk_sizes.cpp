#include "io/chunk_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>

namespace lauebench::hdf5 {
namespace {

/// Nobody waits longer for a look at what stands beside the frames.
constexpr double most_seconds = 10.0;

/// Bit i: filter number i may change the size of a chunk.
std::uint32_t compressors_of(Handle const& properties) {
  std::uint32_t compressors = 0;
  int const count = H5Pget_nfilters(properties.id());
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    if (H5Pget_filter2(properties.id(), static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, nullptr) !=
        H5Z_FILTER_SHUFFLE) {
      compressors |= 1U << static_cast<unsigned>(i);
    }
  }
  return compressors;
}

std::vector<hsize_t> extent_of(Handle const& dataset) {
  Handle const space(H5Dget_space(dataset.id()));
  int const rank = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> extent(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) {
    H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
  }
  return extent;
}

}  // namespace

ChunkSizes::ChunkSizes(Handle const& dataset) : dataset_(dataset), extent_(extent_of(dataset)) {
  Handle const properties(H5Dget_create_plist(dataset.id()));
  if (H5Pget_layout(properties.id()) != H5D_CHUNKED || H5Pget_nfilters(properties.id()) <= 0) {
    return;
  }
  chunk_.resize(extent_.size());
  H5Pget_chunk(properties.id(), static_cast<int>(chunk_.size()), chunk_.data());
  unsigned options = 0;
  H5Pget_chunk_opts(properties.id(), &options);
  are_edges_unfiltered_ = (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
  compressors_ = compressors_of(properties);
  Handle const type(H5Dget_type(dataset.id()));
  whole_bytes_ = std::accumulate(chunk_.begin(), chunk_.end(), hsize_t{H5Tget_size(type.id())}, std::multiplies());
}

bool ChunkSizes::reaches_beyond(std::span<hsize_t const> first) const {
  for (std::size_t axis = 0; axis < chunk_.size(); ++axis) {
    if (chunk_[axis] > extent_[axis] - first[axis]) {
      return true;
    }
  }
  return false;
}

bool ChunkSizes::is_whole(std::span<hsize_t const> first, unsigned left_out, hsize_t bytes) const {
  bool const is_compressed = (compressors_ & ~left_out) != 0 && !(are_edges_unfiltered_ && reaches_beyond(first));
  return is_compressed || bytes == whole_bytes_;
}

bool ChunkSizes::is_whole(std::span<hsize_t const> first) const {
  haddr_t address = HADDR_UNDEF;
  hsize_t bytes = 0;
  unsigned left_out = 0;
  bool const is_known = H5Dget_chunk_info_by_coord(dataset_.id(), first.data(), &left_out, &address, &bytes) >= 0 &&
                        address != HADDR_UNDEF;
  return !is_known || is_whole(first, left_out, bytes);
}

/// HDF5 goes through all stored chunks before it tells of one.
bool ChunkSizes::are_stored_whole() const {
  Handle const all(H5Dget_space(dataset_.id()));
  hsize_t count = 0;
  H5Dget_num_chunks(dataset_.id(), all.id(), &count);
  for (hsize_t chunk = 0; chunk < count; ++chunk) {
    haddr_t address = HADDR_UNDEF;
    hsize_t bytes = 0;
    unsigned left_out = 0;
    std::vector<hsize_t> first(chunk_.size());
    if (H5Dget_chunk_info(dataset_.id(), all.id(), chunk, first.data(), &left_out, &address, &bytes) >= 0 &&
        !is_whole(first, left_out, bytes)) {
      return false;
    }
  }
  return true;
}

/// Seconds that are_stored_whole takes, about: for each stored chunk HDF5 goes through all, with an index that is an
/// array through all places.
double ChunkSizes::seconds_by_number(double places) const {
  constexpr double one_s = 5e-8;
  H5D_chunk_index_t index = H5D_CHUNK_IDX_BTREE;
  H5Dget_chunk_index_type(dataset_.id(), &index);
  bool const is_array = index == H5D_CHUNK_IDX_FARRAY || index == H5D_CHUNK_IDX_EARRAY;
  if (is_array && one_s * places > most_seconds) {
    return one_s * places;  // counting them alone takes as long
  }
  Handle const all(H5Dget_space(dataset_.id()));
  hsize_t stored = 0;
  H5Dget_num_chunks(dataset_.id(), all.id(), &stored);
  return one_s * static_cast<double>(stored) * (is_array ? places : static_cast<double>(stored));
}

bool ChunkSizes::are_all_whole() const {
  constexpr double place_s = 3e-6;
  constexpr double soon_s = 0.2;  // no need to count what is stored
  double places = 1.0;
  for (std::size_t axis = 0; axis < chunk_.size(); ++axis) {
    places *= std::ceil(static_cast<double>(extent_[axis]) / static_cast<double>(chunk_[axis]));
  }
  if (chunk_.empty() || places == 0.0) {
    return true;
  }
  double const by_place_s = place_s * places;
  double const by_number_s = by_place_s > soon_s ? seconds_by_number(places) : by_place_s;
  if (std::min(by_place_s, by_number_s) > most_seconds) {
    return false;
  }
  return by_place_s <= by_number_s ? are_whole(std::vector<hsize_t>(extent_.size()), extent_) : are_stored_whole();
}

bool ChunkSizes::are_whole(std::span<hsize_t const> start, std::span<hsize_t const> extent) const {
  std::vector<hsize_t> begin(chunk_.size());
  std::ranges::transform(start.first(begin.size()), chunk_, begin.begin(),
                         [](hsize_t from, hsize_t chunk) { return from / chunk * chunk; });
  std::vector<hsize_t> first = begin;
  // counts up the first elements of chunks like the digits of a number, the last axis fastest
  for (std::size_t axis = chunk_.size(); axis > 0;) {
    if (axis == chunk_.size() && !is_whole(first)) {
      return false;
    }
    std::size_t const digit = axis - 1;
    first[digit] += chunk_[digit];
    if (first[digit] < start[digit] + extent[digit]) {
      axis = chunk_.size();
    } else {
      first[digit] = begin[digit];
      axis = digit;
    }
  }
  return true;
}

Error chunk_of_wrong_size(std::string_view problem) {
  return {ReturnCode::io_error, problem,
          "a chunk that is not compressed has not as many bytes as its values, or there are too many to look at",
          check_or_copy_again};
}

bool has_whole_chunks(Handle const& dataset) { return ChunkSizes(dataset).are_all_whole(); }

void require_whole_chunks(Handle const& dataset, std::string_view problem) {
  if (!has_whole_chunks(dataset)) {
    throw chunk_of_wrong_size(problem);
  }
}

}  // namespace lauebench::hdf5
