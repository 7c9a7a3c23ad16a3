#include "config/chunk_shape.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

/// 61 stored frames of 2048 x 1024 uint16 pixels: 4 MiB each.
GenerateConfig scan_with_chunk(ChunkShape const& chunk) {
  GenerateConfig config;
  config.images = 60;
  config.rows = 2048;
  config.columns = 1024;
  config.chunk = chunk;
  return config;
}

std::string refusal(ChunkShape const& chunk) {
  try {
    static_cast<void>(chunk_shape(scan_with_chunk(chunk)));
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    return error.what();
  }
  return "accepted";
}

TEST(ChunkShape, IsAsGiven) { EXPECT_EQ(chunk_shape(scan_with_chunk({61, 7, 1024})), (ChunkShape{61, 7, 1024})); }

TEST(ChunkShape, FiltersNeedChunks) {
  GenerateConfig config;
  EXPECT_EQ(chunk_shape(config), std::nullopt);
  config.shuffle = ByteShuffle::on;
  EXPECT_EQ(chunk_shape(config), (ChunkShape{1, 256, 256}));
  config.shuffle = ByteShuffle::off;
  config.gzip_level = 1;
  EXPECT_EQ(chunk_shape(config), (ChunkShape{1, 256, 256}));
}

TEST(ChunkShape, NoLargerThanTheScan) {
  EXPECT_EQ(refusal({1, 2049, 1}),
            "--chunk '1,2049,1' (the scan has 61,2048,1024 frames, rows, columns): give a chunk of at least 1,1,1 that "
            "is no larger than the scan");
  EXPECT_NE(refusal({62, 1, 1}), "accepted");
  EXPECT_NE(refusal({1, 0, 1}), "accepted");
}

TEST(ChunkShape, HasALargestSize) {
  EXPECT_EQ(refusal({32, 2048, 1024}), "accepted");
  EXPECT_EQ(refusal({33, 2048, 1024}),
            "--chunk '33,2048,1024' (it takes 138412032 bytes, and programs hold whole chunks in memory): give a chunk "
            "of at most 134217728 bytes");
}

}  // namespace
}  // namespace lauebench
