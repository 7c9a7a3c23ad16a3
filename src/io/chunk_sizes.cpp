#include "io/chunk_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>

namespace lauebench::hdf5 {
namespace {

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

/// That an index has which is an array; of others, which know what is stored, 0.
double index_places(Handle const& dataset) {
  H5D_chunk_index_t index = H5D_CHUNK_IDX_BTREE;
  H5Dget_chunk_index_type(dataset.id(), &index);
  if (index != H5D_CHUNK_IDX_FARRAY && index != H5D_CHUNK_IDX_EARRAY) {
    return 0.0;
  }
  std::vector<hsize_t> const extent = extent_of(dataset);
  std::vector<hsize_t> const chunk = chunk_of(dataset);
  double places = 1.0;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
    places *= std::ceil(static_cast<double>(extent[axis]) / static_cast<double>(chunk[axis]));
  }
  return places;
}

}  // namespace

std::vector<hsize_t> chunk_of(Handle const& dataset) {
  Handle const properties(H5Dget_create_plist(dataset.id()));
  if (H5Pget_layout(properties.id()) != H5D_CHUNKED) {
    return {};
  }
  std::vector<hsize_t> chunk(H5S_MAX_RANK);
  chunk.resize(static_cast<std::size_t>(std::max(0, H5Pget_chunk(properties.id(), H5S_MAX_RANK, chunk.data()))));
  return chunk;
}

bool visit_stored_chunks(Handle const& dataset, std::function<bool(StoredChunk const&)> const& look) {
  constexpr double one_s = 2e-8;
  constexpr double most_s = 10.0;  // nobody waits longer for what stands beside the frames
  double const places = index_places(dataset);
  if (one_s * places > most_s) {
    return false;
  }
  Handle const all(H5Dget_space(dataset.id()));
  hsize_t stored = 0;
  H5Dget_num_chunks(dataset.id(), all.id(), &stored);
  auto const count = static_cast<double>(stored);
  if (one_s * count * std::max(count, places) > most_s) {
    return false;
  }
  StoredChunk chunk;
  chunk.first.resize(extent_of(dataset).size());
  bool is_wanted = true;
  for (hsize_t number = 0; is_wanted && number < stored; ++number) {
    haddr_t address = HADDR_UNDEF;
    is_wanted = H5Dget_chunk_info(dataset.id(), all.id(), number, chunk.first.data(), &chunk.filters_left_out, &address,
                                  &chunk.bytes) < 0 ||
                look(chunk);
  }
  return is_wanted;
}

ChunkSizes::ChunkSizes(Handle const& dataset) : dataset_(dataset), extent_(extent_of(dataset)) {
  Handle const properties(H5Dget_create_plist(dataset.id()));
  if (H5Pget_nfilters(properties.id()) <= 0) {
    return;
  }
  chunk_ = chunk_of(dataset);
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

bool ChunkSizes::are_all_whole() const {
  return chunk_.empty() || visit_stored_chunks(dataset_, [this](StoredChunk const& chunk) {
           return is_whole(chunk.first, chunk.filters_left_out, chunk.bytes);
         });
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
