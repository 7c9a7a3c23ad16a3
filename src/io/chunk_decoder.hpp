#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "io/chunk_encoder.hpp"

struct libdeflate_decompressor;

/// What `encode_chunk` makes, turned back. Needs no HDF5 and no lock, so that all threads can decompress at once.
namespace lauebench {

/// Bytes that a chunk of this format may take as it is stored: deflate's worst case.
[[nodiscard]] std::uint64_t most_stored_bytes(ChunkFormat const& format);

/// Throws Error (io_error) with `problem` when a chunk without compression is not stored in as many bytes as it has.
void require_whole_chunk(ChunkFormat const& format, std::uint64_t stored_bytes, std::string_view problem);

/// The values of one chunk, in memory of its decoder.
class DecodedChunk {
 public:
  enum class Order : std::uint8_t { values, shuffled };

  DecodedChunk(std::span<std::byte const> bytes, std::size_t value_bytes, Order order)
      : bytes_(bytes), value_bytes_(value_bytes), order_(order) {}

  /// Fills `destination` with the values from `first` on; both lie within the chunk.
  void copy(std::size_t first, std::span<std::byte> destination) const;

 private:
  std::span<std::byte const> bytes_;
  std::size_t value_bytes_;
  Order order_;
};

/// Decodes chunks of one format one after the other. Each thread needs its own.
class ChunkDecoder {
 public:
  /// Memory is taken with the first chunk.
  explicit ChunkDecoder(ChunkFormat const& format);

  /// Bytes that a decoder holds once it is in use.
  [[nodiscard]] static std::uint64_t memory_bytes(ChunkFormat const& format);

  /// `stored` as the file has it, with the filters of `filter_mask` left out (see EncodedChunk); both have to outlive
  /// what is returned, which the next call makes invalid. Throws Error (io_error) with `problem` when that is no chunk
  /// of this format, std::bad_alloc.
  [[nodiscard]] DecodedChunk decode(std::span<std::byte const> stored, std::uint32_t filter_mask,
                                    std::string_view problem);

  /// Likewise, into `destination`, which has as many bytes as a chunk.
  void decode_to(std::span<std::byte> destination, std::span<std::byte const> stored, std::uint32_t filter_mask,
                 std::string_view problem);

 private:
  struct Release {
    void operator()(libdeflate_decompressor* decompressor) const;
  };

  [[nodiscard]] DecodedChunk::Order order_of(std::uint32_t filter_mask) const;
  [[nodiscard]] bool is_compressed(std::uint32_t filter_mask) const;
  void inflate(std::span<std::byte const> stored, std::span<std::byte> destination, std::string_view problem);
  [[nodiscard]] std::span<std::byte> scratch();

  ChunkFormat format_;
  std::size_t bytes_;  ///< of a whole chunk
  std::unique_ptr<std::byte[]> scratch_;
  std::unique_ptr<libdeflate_decompressor, Release> decompressor_;
};

}  // namespace lauebench
