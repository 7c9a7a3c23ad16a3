#include "io/chunk_encoder.hpp"

#include <algorithm>
#include <memory>
#include <new>

#include <libdeflate.h>

namespace lauebench {

namespace {

std::vector<std::byte> padded(ChunkFormat const& format, std::array<std::int64_t, 3> const& shape,
                              std::span<std::byte const> values) {
  if (shape == format.shape) {
    return {values.begin(), values.end()};
  }
  auto const& whole = format.shape;
  auto const in_row = static_cast<std::size_t>(shape[2]) * format.value_bytes;
  auto const whole_row = static_cast<std::size_t>(whole[2]) * format.value_bytes;
  std::vector<std::byte> bytes(static_cast<std::size_t>(whole[0] * whole[1]) * whole_row);
  for (std::int64_t frame = 0; frame < shape[0]; ++frame) {
    for (std::int64_t row = 0; row < shape[1]; ++row) {
      auto const from = values.subspan(static_cast<std::size_t>(frame * shape[1] + row) * in_row, in_row);
      std::ranges::copy(from, bytes.begin() + (frame * whole[1] + row) * static_cast<std::int64_t>(whole_row));
    }
  }
  return bytes;
}

/// HDF5's shuffle filter: all first bytes of the values, then all second ones, and so on.
std::vector<std::byte> shuffled(std::vector<std::byte> const& bytes, std::size_t value_bytes) {
  std::size_t const count = bytes.size() / value_bytes;
  std::vector<std::byte> result(bytes.size());
  for (std::size_t byte = 0; byte < value_bytes; ++byte) {
    for (std::size_t value = 0; value < count; ++value) {
      result[byte * count + value] = bytes[value * value_bytes + byte];
    }
  }
  return result;
}

struct Release {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

/// Empty when the result would not be smaller.
std::vector<std::byte> deflated(std::vector<std::byte> const& bytes, int level) {
  std::unique_ptr<libdeflate_compressor, Release> const compressor(libdeflate_alloc_compressor(level));
  if (!compressor) {
    throw std::bad_alloc();
  }
  std::vector<std::byte> result(bytes.size() - 1);
  result.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), result.data(), result.size()));
  return result;
}

}  // namespace

EncodedChunk encode_chunk(ChunkFormat const& format, std::array<std::int64_t, 3> const& shape,
                          std::span<std::byte const> values) {
  EncodedChunk chunk{padded(format, shape, values), 0};
  if (format.shuffle == ByteShuffle::on && format.value_bytes > 1) {
    chunk.bytes = shuffled(chunk.bytes, format.value_bytes);
  }
  if (format.gzip_level > 0) {
    auto compressed = deflated(chunk.bytes, format.gzip_level);
    if (compressed.empty()) {
      chunk.filter_mask = 1U << (format.shuffle == ByteShuffle::on ? 1U : 0U);
    } else {
      chunk.bytes = std::move(compressed);
    }
  }
  return chunk;
}

}  // namespace lauebench
