#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/config.hpp"

/// Bytes of one chunk as HDF5 stores them: padded to the whole chunk, shuffled and compressed. Needs no HDF5 and no
/// lock, so that all threads can compress at once.
namespace lauebench {

struct ChunkFormat {
  ChunkShape shape{};  ///< of a whole chunk
  std::size_t value_bytes = 1;
  int gzip_level = 0;  ///< 0: not compressed
  ByteShuffle shuffle = ByteShuffle::off;
};

struct EncodedChunk {
  std::vector<std::byte> bytes;
  std::uint32_t filter_mask = 0;  ///< bit i set: filter i of the pipeline (shuffle, then gzip) was left out
};

/// `values` is [shape[0]][shape[1]][shape[2]], each at most the chunk's own; the rest becomes zero. A chunk that does
/// not become smaller is stored without compression. Throws std::bad_alloc.
[[nodiscard]] EncodedChunk encode_chunk(ChunkFormat const& format, std::array<std::int64_t, 3> const& shape,
                                        std::span<std::byte const> values);

}  // namespace lauebench
