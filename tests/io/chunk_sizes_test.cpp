#include "io/chunk_sizes.hpp"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::hdf5 {
namespace {

using test::expect_error;

class ChunkSizesTest : public testing::Test {
 protected:
  /// Bytes in chunks of 4 x 5, which `filter` has made its own.
  [[nodiscard]] Handle dataset(std::array<hsize_t, 2> const& extent, H5Z_filter_t filter, unsigned options = 0) const {
    constexpr std::array<hsize_t, 2> chunk{4, 5};
    Handle const properties(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(properties.id(), 2, chunk.data());
    if (options != 0) {
      H5Pset_chunk_opts(properties.id(), options);
    }
    if (filter == H5Z_FILTER_DEFLATE) {
      H5Pset_deflate(properties.id(), 1);
    } else if (filter == H5Z_FILTER_SHUFFLE) {
      H5Pset_shuffle(properties.id());
    }
    Handle const space(H5Screate_simple(2, extent.data(), nullptr));
    return Handle(H5Dcreate2(file_.id(), "data", H5T_STD_U8LE, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT));
  }

  /// The chunk that begins at `first`, as it would lie there if it had left out the filters in the mask.
  static void put_chunk(Handle const& dataset, std::array<hsize_t, 2> const& first, std::size_t bytes,
                        std::uint32_t left_out) {
    std::vector<char> const content(bytes, 'x');
    ASSERT_GE(H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, left_out, first.data(), bytes, content.data()), 0);
  }

  Scope scope_;
  test::TemporaryFolder folder_;
  Handle file_{H5Fcreate((folder_ / "file.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)};
};

constexpr std::uint32_t none = 0;
constexpr std::uint32_t first_filter = 1;
constexpr std::size_t whole = 20;

TEST_F(ChunkSizesTest, OfChunksThatNoFilterHasResizedAreLookedAt) {
  Handle const data = dataset({8, 12}, H5Z_FILTER_DEFLATE);
  EXPECT_TRUE(has_whole_chunks(data)) << "nothing is stored";
  put_chunk(data, {0, 0}, 7, none);
  put_chunk(data, {0, 5}, whole, first_filter);
  EXPECT_TRUE(has_whole_chunks(data)) << "a compressor makes any size";
  put_chunk(data, {4, 10}, whole - 1, first_filter);
  EXPECT_FALSE(has_whole_chunks(data));
  expect_error([&data] { require_whole_chunks(data, "cannot read it"); }, ReturnCode::io_error,
               {"cannot read it", "a chunk that is not compressed"});
}

TEST_F(ChunkSizesTest, OfABoxAreThoseOfTheChunksThatItTouches) {
  Handle const data = dataset({8, 12}, H5Z_FILTER_DEFLATE);
  put_chunk(data, {4, 5}, whole - 1, first_filter);
  ChunkSizes const sizes(data);
  auto const are_whole = [&sizes](std::array<hsize_t, 2> const& start, std::array<hsize_t, 2> const& extent) {
    return sizes.are_whole(start, extent);
  };
  EXPECT_TRUE(are_whole({0, 0}, {4, 12}));
  EXPECT_TRUE(are_whole({0, 0}, {8, 5}));
  EXPECT_TRUE(are_whole({4, 10}, {4, 2}));
  EXPECT_FALSE(are_whole({3, 4}, {2, 2}));
  EXPECT_FALSE(are_whole({7, 9}, {1, 1}));
}

TEST_F(ChunkSizesTest, ShuffledChunksHaveTheSizeOfTheirValues) {
  Handle const data = dataset({8, 12}, H5Z_FILTER_SHUFFLE);
  put_chunk(data, {0, 0}, whole, none);
  EXPECT_TRUE(has_whole_chunks(data));
  put_chunk(data, {0, 5}, 3, none);
  EXPECT_FALSE(has_whole_chunks(data));
}

TEST_F(ChunkSizesTest, EdgesThatFiltersLeaveOutAreLookedAt) {
  Handle const data = dataset({8, 12}, H5Z_FILTER_DEFLATE, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
  put_chunk(data, {0, 0}, 7, none);
  put_chunk(data, {0, 10}, whole, none);
  EXPECT_TRUE(has_whole_chunks(data));
  put_chunk(data, {4, 10}, 7, none);
  EXPECT_FALSE(has_whole_chunks(data)) << "columns 12 to 14 are beyond";
}

TEST_F(ChunkSizesTest, FewChunksOfAVastDatasetAreFoundAtOnce) {
  constexpr hsize_t vast = hsize_t{1} << 30U;
  Handle const data = dataset({vast, vast}, H5Z_FILTER_DEFLATE);
  put_chunk(data, {400, 500}, whole, first_filter);
  EXPECT_TRUE(has_whole_chunks(data));
  put_chunk(data, {4000, 5000}, 1, first_filter);
  EXPECT_FALSE(has_whole_chunks(data));
}

TEST_F(ChunkSizesTest, DatasetsWithoutChunksHaveNoneThatIsWrong) {
  constexpr hsize_t count = 3;
  Handle const space(H5Screate_simple(1, &count, nullptr));
  Handle const data(H5Dcreate2(file_.id(), "plain", H5T_STD_U8LE, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  EXPECT_TRUE(has_whole_chunks(data));
}

}  // namespace
}  // namespace lauebench::hdf5
