#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/mpi_communicator.hpp"
#include "io/depth_image.hpp"
#include "io/depth_image_digest.hpp"
#include "io/depth_output.hpp"
#include "support/shared_folder.hpp"

namespace lauebench {
namespace {

using test::SharedFolder;

constexpr int rows = 37;
constexpr int columns = 24;
constexpr int stripe_rows = 16;
constexpr DepthGrid depths{-1.5, 0.5, 5};

std::vector<std::int32_t> image_rows(int rank, int first, int count) {
  std::vector<std::int32_t> values;
  for (int m = 0; m < depths.count; ++m) {
    for (int i = first; i < first + count; ++i) {
      for (int j = 0; j < columns; ++j) {
        values.push_back(1000000 * rank + 10000 * m + 100 * i + j);
      }
    }
  }
  return values;
}

struct Way {
  std::string name;
  IoPath io_path = IoPath::automatic;
  int gzip_level = 0;
  SharedFileOptions options;
};

DepthOutput output_of(SharedFolder const& folder, OutputLayout layout, int gzip_level, SharedOutput const* shared) {
  return {folder / "scan.h5", ElementType::int32, rows, columns, depths, layout, gzip_level, shared};
}

std::unique_ptr<DepthImageWriter> make_writer(SharedFolder const& folder, Way const& way, SharedOutput& shared) {
  return make_depth_image_writer(
      shared.base(), depths,
      make_depth_output_template(output_of(folder, OutputLayout::shared, way.gzip_level, &shared)),
      {way.io_path, stripe_rows, &shared});
}

void write_all_rows(DepthImageWriter& writer, int rank) {
  for (int row = 0; row < rows; row += stripe_rows) {
    int const count = std::min(stripe_rows, rows - row);
    auto const values = image_rows(rank, row, count);
    writer.write_rows(row, count, std::as_bytes(std::span(values)));
  }
}

/// Of the same images in a file of their own.
std::string expected_digest(SharedFolder const& folder, int rank) {
  auto const base = folder / ("alone" + std::to_string(rank) + "_");
  auto const writer = make_depth_image_writer(
      base, depths, make_depth_output_template(output_of(folder, OutputLayout::per_rank, 0, nullptr)),
      {IoPath::automatic, stripe_rows});
  write_all_rows(*writer, rank);
  writer->publish();
  return digest_of({base, depths.count, rows, columns, OutputLayout::per_rank}, 1);
}

class MpiSharedOutput : public testing::TestWithParam<Way> {
 protected:
  [[nodiscard]] std::unique_ptr<SharedOutput> share() {
    return std::make_unique<SharedOutput>(ranks_->part(Seat{ranks_->rank()}), folder_ / "out", GetParam().options);
  }

  std::unique_ptr<Communicator> ranks_ = make_mpi_communicator();
  SharedFolder folder_{*ranks_, test::ScanSpec{}};
};

TEST_P(MpiSharedOutput, HoldsEachRanksImages) {
  auto const shared = share();
  std::uint64_t written = 0;
  {
    auto const writer = make_writer(folder_, GetParam(), *shared);
    write_all_rows(*writer, ranks_->rank());
    writer->sync(Sync::fsync);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.h5")) << "not before all have written";
    writer->publish();
    written = writer->bytes_written();
  }
  StoredDepthImages const stored{folder_ / "out", depths.count, rows, columns, OutputLayout::shared, ranks_->rank()};
  EXPECT_EQ(digest_of(stored, 1), expected_digest(folder_, ranks_->rank()));
  EXPECT_TRUE(is_shared_stack(folder_ / "out.h5"));
  std::uint64_t sum = 0;
  for (std::string const& bytes : gather_on_all(*ranks_, std::to_string(written))) {
    sum += std::stoull(bytes);
  }
  EXPECT_EQ(sum, std::filesystem::file_size(folder_ / "out.h5"));
}

TEST_P(MpiSharedOutput, OfARankThatGivesUpIsNothing) {
  int const failing = ranks_->size() - 1;
  auto const shared = share();
  auto const writer = make_writer(folder_, GetParam(), *shared);
  auto const values = image_rows(0, 0, stripe_rows);
  writer->write_rows(0, stripe_rows, std::as_bytes(std::span(values)));
  if (ranks_->rank() == failing) {
    shared->give_up({ReturnCode::cancelled, "enough", "it took long", "wait"});
  } else {
    try {
      write_all_rows(*writer, ranks_->rank());
      writer->sync(Sync::fsync);
      FAIL() << "rank " << failing << " has given up";
    } catch (AgreedError const& error) {
      EXPECT_EQ(error.code(), ReturnCode::cancelled);
      shared->give_up(error);
    }
  }
  EXPECT_EQ(folder_.names(), std::vector<std::string>{});
}

TEST_P(MpiSharedOutput, IsRefusedToRanksOfUnlikeShapes) {
  if (ranks_->size() == 1) {
    return;
  }
  auto const shared = share();
  DepthImageShape const shape{depths.count, rows + ranks_->rank(), columns, ElementType::int32};
  try {
    static_cast<void>(shared->agree_on_stripe_rows(shape, stripe_rows));
    FAIL();
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    EXPECT_NE(std::string(error.what()).find("rank 0 has 5 images of 37 x 24 pixels, int32, rank 1 5 images of 38"),
              std::string::npos)
        << error.what();
    shared->give_up(error);
  }
}

TEST_P(MpiSharedOutput, HasStripesThatEveryRankCanDoWith) {
  auto const shared = share();
  DepthImageShape const shape{depths.count, rows, columns, ElementType::int32};
  EXPECT_EQ(shared->agree_on_stripe_rows(shape, 20 - ranks_->rank()), 21 - ranks_->size());
  shared->give_up({ReturnCode::cancelled, "enough", "all was seen", "go on"});
}

SharedFileOptions written(Toggle collective, std::optional<std::int64_t> alignment_bytes = {}) {
  return {collective, alignment_bytes, std::nullopt, {{"cb_nodes", "1"}}};
}

INSTANTIATE_TEST_SUITE_P(Ways, MpiSharedOutput,
                         testing::Values(Way{"together", IoPath::automatic, 0, written(Toggle::on)},
                                         Way{"alone", IoPath::automatic, 0, written(Toggle::off)},
                                         Way{"aligned", IoPath::automatic, 0, written(Toggle::on, 4096)},
                                         Way{"hdf5", IoPath::hdf5, 0, written(Toggle::on)},
                                         Way{"hdf5_alone", IoPath::hdf5, 0, written(Toggle::off)},
                                         Way{"gzip", IoPath::automatic, 1, written(Toggle::on)},
                                         Way{"gzip_aligned", IoPath::automatic, 6, written(Toggle::on, 512)}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace lauebench
