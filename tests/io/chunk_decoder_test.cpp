#include "io/chunk_decoder.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "expect_error.hpp"

namespace lauebench {
namespace {

using test::expect_error;

/// Compressible, and with every byte of a value different from the others.
std::vector<std::byte> some_values(ChunkFormat const& format) {
  auto const bytes = static_cast<std::size_t>(format.shape[0] * format.shape[1] * format.shape[2]) * format.value_bytes;
  std::vector<std::byte> values(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    values[i] = static_cast<std::byte>(i / format.value_bytes % 31 + 40 * (i % format.value_bytes));
  }
  return values;
}

std::vector<std::byte> copied(DecodedChunk const& chunk, std::size_t first, std::size_t bytes) {
  std::vector<std::byte> copy(bytes);
  chunk.copy(first, copy);
  return copy;
}

TEST(ChunkDecoder, TurnsBackWhatWasEncoded) {
  for (std::size_t const value_bytes : {1U, 2U, 4U, 8U}) {
    for (int const gzip_level : {0, 1, 9}) {
      for (ByteShuffle const shuffle : {ByteShuffle::off, ByteShuffle::on}) {
        SCOPED_TRACE(testing::Message() << value_bytes << " bytes, gzip " << gzip_level
                                        << (shuffle == ByteShuffle::on ? ", shuffle" : ""));
        ChunkFormat const format{{3, 7, 11}, value_bytes, gzip_level, shuffle};
        auto const values = some_values(format);
        auto const encoded = encode_chunk(format, format.shape, values);
        ChunkDecoder decoder(format);
        auto const decoded = decoder.decode(encoded.bytes, encoded.filter_mask, "cannot read");
        EXPECT_EQ(copied(decoded, 0, values.size()), values);
        std::vector<std::byte> elsewhere(values.size());
        ChunkDecoder(format).decode_to(elsewhere, encoded.bytes, encoded.filter_mask, "cannot read");
        EXPECT_EQ(elsewhere, values);
        // A part that begins and ends anywhere.
        auto const part = copied(decoded, 5, 113 * value_bytes);
        EXPECT_TRUE(
            std::equal(part.begin(), part.end(), values.begin() + static_cast<std::ptrdiff_t>(5 * value_bytes)));
      }
    }
  }
}

TEST(ChunkDecoder, FiltersThatAChunkDidWithout) {
  ChunkFormat const format{{1, 8, 16}, 2, 6, ByteShuffle::on};
  auto const values = some_values(format);
  ChunkDecoder decoder(format);
  EXPECT_EQ(copied(decoder.decode(values, 3, "cannot read"), 0, values.size()), values) << "neither";
  auto const shuffled = encode_chunk({format.shape, 2, 0, ByteShuffle::on}, format.shape, values);
  EXPECT_EQ(copied(decoder.decode(shuffled.bytes, 2, "cannot read"), 0, values.size()), values) << "no gzip";
  auto const compressed = encode_chunk({format.shape, 2, 6, ByteShuffle::off}, format.shape, values);
  EXPECT_EQ(copied(decoder.decode(compressed.bytes, 1, "cannot read"), 0, values.size()), values) << "no shuffle";
}

TEST(ChunkDecoder, ChunksThatAreNone) {
  ChunkFormat const format{{1, 8, 16}, 2, 6, ByteShuffle::off};
  auto const values = some_values(format);
  ChunkDecoder decoder(format);
  auto const expect_refused = [&decoder](std::vector<std::byte> const& stored, std::uint32_t mask, char const* why) {
    expect_error([&] { static_cast<void>(decoder.decode(stored, mask, "cannot read this")); }, ReturnCode::io_error,
                 {"cannot read this", why});
  };
  auto damaged = encode_chunk(format, format.shape, values).bytes;
  damaged[damaged.size() / 2] ^= std::byte{0xff};
  expect_refused(damaged, 0, "damaged");
  auto const longer =
      encode_chunk({{1, 8, 17}, 2, 6, ByteShuffle::off}, {1, 8, 17}, some_values({{1, 8, 17}, 2, 6, ByteShuffle::off}));
  expect_refused(longer.bytes, 0, "does not decompress to 256 bytes");
  auto const shorter =
      encode_chunk({{1, 8, 15}, 2, 6, ByteShuffle::off}, {1, 8, 15}, some_values({{1, 8, 15}, 2, 6, ByteShuffle::off}));
  expect_refused(shorter.bytes, 0, "does not decompress to 256 bytes");
  expect_refused({values.begin(), values.end() - 1}, 1, "stored in 255 bytes, 256 were expected");
  // It is as good as new after that.
  auto const encoded = encode_chunk(format, format.shape, values);
  EXPECT_EQ(copied(decoder.decode(encoded.bytes, 0, "cannot read"), 0, values.size()), values);
}

TEST(ChunkDecoder, WhatGzipMakesLongerStillHasRoom) {
  ChunkFormat const format{{1, 1, 100'000}, 1, 9, ByteShuffle::off};
  EXPECT_GE(most_stored_bytes(format), 100'000U + 100'000U / 16384 * 5 + 11);  // stored blocks, head and checksum
}

}  // namespace
}  // namespace lauebench
