#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "config/error.hpp"
#include "io/hdf5_handle.hpp"

/// What HDF5 1.10.8 takes for granted: a chunk that has gone through no compressor has as many bytes as its values. Of
/// one that has fewer it reads beyond the end of its buffer.
namespace lauebench::hdf5 {

/// Shape of a dataset's chunks; empty where it has none.
[[nodiscard]] std::vector<hsize_t> chunk_of(Handle const& dataset);

/// Of a dataset.
struct StoredChunk {
  std::vector<hsize_t> first;     ///< its first element
  unsigned filters_left_out = 0;  ///< bit i: filter number i
  hsize_t bytes = 0;              ///< in the file
};

/// Calls `look` for each stored chunk of a chunked dataset, as long as it returns true. Returns whether it did to the
/// end; false as well where HDF5 would take minutes: for each chunk it goes through all of them, and through all places
/// for chunks with an index that is an array. The caller holds a Scope.
[[nodiscard]] bool visit_stored_chunks(Handle const& dataset, std::function<bool(StoredChunk const&)> const& look);

/// Looks at the chunks of one dataset, which it uses while it lives. What a compressor made is not looked at: its size
/// tells nothing. The caller holds a Scope.
class ChunkSizes {
 public:
  explicit ChunkSizes(Handle const& dataset);

  /// Of the chunks that a box touches; `start` and `extent` have a number for each axis, extents of 1 at least. True
  /// where the dataset has no chunks or no filters, and of chunks that were never written. For each HDF5 goes through
  /// those before it: 3 us for the first thousands.
  [[nodiscard]] bool are_whole(std::span<hsize_t const> start, std::span<hsize_t const> extent) const;

  /// The same of all chunks. False also where visit_stored_chunks is for their number.
  [[nodiscard]] bool are_all_whole() const;

 private:
  [[nodiscard]] bool is_whole(std::span<hsize_t const> first) const;
  [[nodiscard]] bool is_whole(std::span<hsize_t const> first, unsigned left_out, hsize_t bytes) const;
  [[nodiscard]] bool reaches_beyond(std::span<hsize_t const> first) const;

  Handle const& dataset_;
  std::vector<hsize_t> extent_;
  std::vector<hsize_t> chunk_;         ///< shape; empty: there is nothing to look at
  bool are_edges_unfiltered_ = false;  ///< of chunks that reach beyond the dataset
  std::uint32_t compressors_ = 0;      ///< bit i: filter number i may change the size of a chunk
  hsize_t whole_bytes_ = 0;
};

/// ChunkSizes::are_all_whole
[[nodiscard]] bool has_whole_chunks(Handle const& dataset);

/// Before all of a dataset is read. Throws Error (io_error), which begins with `problem`.
void require_whole_chunks(Handle const& dataset, std::string_view problem);

/// What require_whole_chunks throws.
[[nodiscard]] Error chunk_of_wrong_size(std::string_view problem);

}  // namespace lauebench::hdf5
