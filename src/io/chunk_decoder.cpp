#include "io/chunk_decoder.hpp"

#include <cstring>
#include <new>

#include <fmt/format.h>
#include <libdeflate.h>

#include "config/error.hpp"

namespace lauebench {

namespace {

constexpr std::string_view advice = "copy the file again from its source, or check it with h5dump";

std::uint64_t whole_bytes(ChunkFormat const& format) {
  return static_cast<std::uint64_t>(format.shape[0]) * static_cast<std::uint64_t>(format.shape[1]) *
         static_cast<std::uint64_t>(format.shape[2]) * format.value_bytes;
}

/// Whether a chunk has gone through the filter of this number in the pipeline.
bool applies(unsigned filter, std::uint32_t filter_mask) { return (filter_mask >> filter & 1U) == 0; }

/// The values from `first` on of a shuffled chunk of `count` values: byte b of value i lies at b * count + i. With the
/// number of bytes known, compilers make a vector's interleaving of it.
template <std::size_t Bytes>
void unshuffle(std::byte const* shuffled, std::size_t count, std::size_t first, std::span<std::byte> destination) {
  std::byte* const to = destination.data();
  std::size_t const values = destination.size() / Bytes;
  std::byte const* const from = shuffled + first;
  for (std::size_t i = 0; i < values; ++i) {
    for (std::size_t b = 0; b < Bytes; ++b) {
      to[i * Bytes + b] = from[b * count + i];
    }
  }
}

}  // namespace

std::uint64_t most_stored_bytes(ChunkFormat const& format) {
  constexpr std::uint64_t ends =
      64;  // of the stream; a thousandth more is what HDF5 lets deflate add to incompressible data
  std::uint64_t const bytes = whole_bytes(format);
  return bytes + bytes / 1000 + ends;
}

void require_whole_chunk(ChunkFormat const& format, std::uint64_t stored_bytes, std::string_view problem) {
  if (stored_bytes != whole_bytes(format)) {
    throw Error(ReturnCode::io_error, problem,
                fmt::format("a chunk is stored in {} bytes, {} were expected", stored_bytes, whole_bytes(format)),
                advice);
  }
}

void DecodedChunk::copy(std::size_t first, std::span<std::byte> destination) const {
  if (order_ == Order::values) {
    std::memcpy(destination.data(), bytes_.data() + first * value_bytes_, destination.size());
    return;
  }
  std::size_t const count = bytes_.size() / value_bytes_;
  switch (value_bytes_) {
    case 2:
      return unshuffle<2>(bytes_.data(), count, first, destination);
    case 4:
      return unshuffle<4>(bytes_.data(), count, first, destination);
    default:
      return unshuffle<8>(bytes_.data(), count, first, destination);
  }
}

ChunkDecoder::ChunkDecoder(ChunkFormat const& format)
    : format_(format), bytes_(static_cast<std::size_t>(whole_bytes(format))) {}

void ChunkDecoder::Release::operator()(libdeflate_decompressor* decompressor) const {
  libdeflate_free_decompressor(decompressor);
}

std::uint64_t ChunkDecoder::memory_bytes(ChunkFormat const& format) {
  constexpr std::uint64_t tables = 65536;  // of the decompressor
  return whole_bytes(format) + tables;
}

std::span<std::byte> ChunkDecoder::scratch() {
  if (!scratch_) {
    scratch_ = std::make_unique_for_overwrite<std::byte[]>(bytes_);
  }
  return {scratch_.get(), bytes_};
}

DecodedChunk::Order ChunkDecoder::order_of(std::uint32_t filter_mask) const {
  bool const is_shuffled = format_.shuffle == ByteShuffle::on && format_.value_bytes > 1 && applies(0, filter_mask);
  return is_shuffled ? DecodedChunk::Order::shuffled : DecodedChunk::Order::values;
}

bool ChunkDecoder::is_compressed(std::uint32_t filter_mask) const {
  return format_.gzip_level > 0 && applies(format_.shuffle == ByteShuffle::on ? 1 : 0, filter_mask);
}

DecodedChunk ChunkDecoder::decode(std::span<std::byte const> stored, std::uint32_t filter_mask,
                                  std::string_view problem) {
  if (is_compressed(filter_mask)) {
    inflate(stored, scratch(), problem);
    return {scratch(), format_.value_bytes, order_of(filter_mask)};
  }
  require_whole_chunk(format_, stored.size(), problem);
  return {stored, format_.value_bytes, order_of(filter_mask)};
}

void ChunkDecoder::decode_to(std::span<std::byte> destination, std::span<std::byte const> stored,
                             std::uint32_t filter_mask, std::string_view problem) {
  if (is_compressed(filter_mask) && order_of(filter_mask) == DecodedChunk::Order::values) {
    inflate(stored, destination, problem);
  } else {
    decode(stored, filter_mask, problem).copy(0, destination);
  }
}

void ChunkDecoder::inflate(std::span<std::byte const> stored, std::span<std::byte> destination,
                           std::string_view problem) {
  if (!decompressor_) {
    decompressor_.reset(libdeflate_alloc_decompressor());
    if (!decompressor_) {
      throw std::bad_alloc();
    }
  }
  // Without a place for the size found, any other size than the chunk's is an error.
  auto const result = libdeflate_zlib_decompress(decompressor_.get(), stored.data(), stored.size(), destination.data(),
                                                 bytes_, nullptr);
  if (result != LIBDEFLATE_SUCCESS) {
    throw Error(ReturnCode::io_error, problem,
                result == LIBDEFLATE_BAD_DATA ? std::string("the compressed data of a chunk are damaged")
                                              : fmt::format("a chunk does not decompress to {} bytes", bytes_),
                advice);
  }
}

}  // namespace lauebench
