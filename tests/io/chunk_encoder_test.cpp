#include "io/chunk_encoder.hpp"

#include <cstring>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace lauebench {
namespace {

template <class Value>
std::vector<Value> as_values(std::vector<std::byte> const& bytes) {
  std::vector<Value> values(bytes.size() / sizeof(Value));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(ChunkEncoder, WholeChunkIsKeptAsItIs) {
  std::vector<std::uint16_t> const values{1, 2, 3, 4, 5, 6, 7, 8};
  auto const chunk = encode_chunk({{2, 2, 2}, 2, 0, ByteShuffle::off}, {2, 2, 2}, std::as_bytes(std::span(values)));
  EXPECT_EQ(as_values<std::uint16_t>(chunk.bytes), values);
  EXPECT_EQ(chunk.filter_mask, 0U);
}

TEST(ChunkEncoder, CutOffChunkIsPaddedWithZeros) {
  std::vector<std::uint16_t> const values{1, 2};
  auto const chunk = encode_chunk({{2, 2, 3}, 2, 0, ByteShuffle::off}, {1, 1, 2}, std::as_bytes(std::span(values)));
  EXPECT_EQ(as_values<std::uint16_t>(chunk.bytes), (std::vector<std::uint16_t>{1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(ChunkEncoder, RowsAndFramesOfACutOffChunkFindTheirPlaces) {
  std::vector<std::uint8_t> const values{1, 2, 3, 4, 5, 6, 7, 8};
  auto const chunk = encode_chunk({{2, 3, 3}, 1, 0, ByteShuffle::off}, {2, 2, 2}, std::as_bytes(std::span(values)));
  EXPECT_EQ(as_values<std::uint8_t>(chunk.bytes),
            (std::vector<std::uint8_t>{1, 2, 0, 3, 4, 0, 0, 0, 0, 5, 6, 0, 7, 8, 0, 0, 0, 0}));
}

TEST(ChunkEncoder, ShufflePutsBytesOfEqualRankTogether) {
  std::vector<std::uint8_t> const bytes{1, 2, 3, 4, 5, 6};
  auto const chunk = encode_chunk({{1, 1, 3}, 2, 0, ByteShuffle::on}, {1, 1, 3}, std::as_bytes(std::span(bytes)));
  EXPECT_EQ(as_values<std::uint8_t>(chunk.bytes), (std::vector<std::uint8_t>{1, 3, 5, 2, 4, 6}));
}

TEST(ChunkEncoder, GzipIsUndoneByZlib) {
  std::vector<std::uint16_t> const values(1000, 77);
  auto const chunk =
      encode_chunk({{1, 10, 100}, 2, 5, ByteShuffle::off}, {1, 10, 100}, std::as_bytes(std::span(values)));
  EXPECT_EQ(chunk.filter_mask, 0U);
  EXPECT_LT(chunk.bytes.size(), 100U);
  std::vector<std::byte> bytes(2000);
  uLongf size = bytes.size();
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size,
                       reinterpret_cast<Bytef const*>(chunk.bytes.data()), chunk.bytes.size()),
            Z_OK);
  EXPECT_EQ(size, 2000U);
  EXPECT_EQ(as_values<std::uint16_t>(bytes), values);
}

TEST(ChunkEncoder, WhatDoesNotShrinkIsStoredUncompressed) {
  std::vector<std::uint8_t> const values{17};
  auto const plain = encode_chunk({{1, 1, 1}, 1, 9, ByteShuffle::off}, {1, 1, 1}, std::as_bytes(std::span(values)));
  EXPECT_EQ(plain.filter_mask, 1U);
  EXPECT_EQ(as_values<std::uint8_t>(plain.bytes), values);
  // Shuffle stays in; gzip is the second filter.
  EXPECT_EQ(encode_chunk({{1, 1, 1}, 1, 9, ByteShuffle::on}, {1, 1, 1}, std::as_bytes(std::span(values))).filter_mask,
            2U);
}

}  // namespace
}  // namespace lauebench
