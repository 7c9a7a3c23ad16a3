#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/chunk_encoder.hpp"
#include "io/hdf5_handle.hpp"
#include "io/scan_reader.hpp"

/// What has to be known of a chunked stack to read it past HDF5. Internal to this room.
namespace lauebench {

/// Where one chunk lies in the file; of 0 bytes when it was never written.
struct ChunkPlace {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint32_t filter_mask = 0;
};

struct ChunkedStack {
  ChunkFormat format;
  std::array<std::int64_t, 3> shape{};   ///< stored frames, rows, columns
  std::array<std::int64_t, 3> chunks{};  ///< number of chunks along each axis
  std::vector<std::byte> fill_value;     ///< of chunks that were never written; one element
  std::vector<ChunkPlace> places;        ///< of all chunks, last axis fastest; empty: HDF5 has to be asked for each
  std::optional<int> part;               ///< of a dataset with one more dimension, the first: place along it

  [[nodiscard]] std::int64_t chunk_count() const { return chunks[0] * chunks[1] * chunks[2]; }

  /// Where HDF5 has what begins at frame, row and column `first`.
  [[nodiscard]] std::vector<hsize_t> in_dataset(std::array<std::int64_t, 3> const& first) const;
};

/// HDF5 finds the address of a chunk by going through all before it: 0.7 ms for 401 chunks, 60 ms for 2000, 11 s for
/// 20000. From here on chunks are asked for one by one as they are read, which takes 3 us each.
inline constexpr std::int64_t most_chunk_places = 1024;

/// Why the chunks of a stack cannot be read past HDF5, as the reason of an Error; empty when they can.
[[nodiscard]] std::string chunk_obstacle(hdf5::Handle const& stack, ScanInfo const& info);

/// `stack` is one without an obstacle, or has such stacks along its first dimension, of which one is `part`. Throws
/// Error (bad_input) when HDF5 cannot tell.
[[nodiscard]] ChunkedStack describe_chunks(hdf5::Handle const& stack, ScanInfo const& info,
                                           std::optional<int> part = std::nullopt);

}  // namespace lauebench
