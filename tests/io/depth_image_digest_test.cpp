#include "io/depth_image_digest.hpp"

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include "expect_error.hpp"
#include "file_content.hpp"
#include "io/depth_files.hpp"
#include "io/depth_image.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

constexpr int rows = 6;
constexpr int columns = 8;
constexpr int depths = 5;

class DepthImageDigest : public testing::Test {
 protected:
  void SetUp() override {
    test::write_scan(folder_ / "scan.h5", test::ScanSpec{});
    std::iota(values_.begin(), values_.end(), 1);
    write();
  }

  void write() const {
    auto file_template = make_depth_file_template(folder_ / "scan.h5", ElementType::int32, rows, columns);
    DepthFileWriter writer(base(), DepthGrid{0.0, 1.0, depths}, std::move(file_template));
    writer.write_rows(0, rows, std::as_bytes(std::span(values_)));
    writer.publish();
  }

  [[nodiscard]] std::filesystem::path base() const { return folder_ / "image"; }
  [[nodiscard]] std::string digest(int threads = 1) const {
    return digest_of({base(), depths, rows, columns}, threads);
  }

  test::TemporaryFolder folder_;
  std::vector<std::int32_t> values_ = std::vector<std::int32_t>(depths * rows * columns);
};

TEST_F(DepthImageDigest, IsTheSumOfTheRowsSeededByTheirNumber) {
  __extension__ unsigned __int128 sum = 0;
  for (std::uint64_t row = 0; row < depths * rows; ++row) {
    auto const hash = XXH3_128bits_withSeed(&values_[row * columns], columns * sizeof(std::int32_t), row);
    sum += (static_cast<decltype(sum)>(hash.high64) << 64U) + hash.low64;
  }
  EXPECT_EQ(digest(),
            fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(sum >> 64U), static_cast<std::uint64_t>(sum)));
}

TEST_F(DepthImageDigest, IsTheSameWithAnyNumberOfThreads) {
  std::string const alone = digest(1);
  for (int const threads : {0, 2, 5, 100}) {
    EXPECT_EQ(digest(threads), alone);
  }
}

TEST_F(DepthImageDigest, OfRowsLargerThanAPieceIsThatOfSmallOnes) {
  constexpr int wide = 300'000;
  test::ScanSpec spec;
  spec.columns = wide;
  spec.rows = 2;
  test::write_scan(folder_ / "wide.h5", spec);
  std::vector<std::int32_t> values(2 * wide);
  std::iota(values.begin(), values.end(), 1);
  auto file_template = make_depth_file_template(folder_ / "wide.h5", ElementType::int32, 2, wide);
  DepthFileWriter writer(folder_ / "wide", DepthGrid{0.0, 1.0, 1}, std::move(file_template));
  writer.write_rows(0, 2, std::as_bytes(std::span(values)));
  writer.publish();
  auto const first = XXH3_128bits_withSeed(values.data(), wide * sizeof(std::int32_t), 0);
  auto const second = XXH3_128bits_withSeed(&values[wide], wide * sizeof(std::int32_t), 1);
  std::uint64_t const low = first.low64 + second.low64;
  std::uint64_t const high = first.high64 + second.high64 + (low < first.low64 ? 1 : 0);
  EXPECT_EQ(digest_of({folder_ / "wide", 1, 2, wide}, 1), fmt::format("{:016x}{:016x}", high, low));
}

TEST_F(DepthImageDigest, ChangesWithEveryBitAndWithTheOrder) {
  std::string const right = digest();
  values_[77] ^= 1;
  write();
  EXPECT_NE(digest(), right);
  values_[77] ^= 1;
  std::swap_ranges(values_.begin(), values_.begin() + columns, values_.begin() + columns);
  write();
  EXPECT_NE(digest(), right) << "two rows were exchanged";
}

TEST_F(DepthImageDigest, OfFilesThatCannotBeReadIsAnError) {
  std::filesystem::resize_file(base().string() + "4.h5", place_of_image(base().string() + "0.h5").offset.value() + 10);
  test::expect_error([&] { static_cast<void>(digest(2)); }, ReturnCode::io_error, {"image4.h5", "the file ends"});
  std::filesystem::remove(base().string() + "3.h5");
  std::filesystem::remove(base().string() + "4.h5");
  test::expect_error([&] { static_cast<void>(digest()); }, ReturnCode::io_error, {"image3.h5", "No such file"});
  std::filesystem::remove(base().string() + "0.h5");
  test::expect_error([&] { static_cast<void>(digest()); }, ReturnCode::io_error, {"image0.h5", "missing or damaged"});
}

TEST_F(DepthImageDigest, OfImagesOfAnotherShapeIsAnError) {
  test::expect_error(
      [&] {
        static_cast<void>(digest_of({base(), depths, rows + 1, columns}, 1));
      },
      ReturnCode::io_error, {"6 x 8 pixels", "of 7 x 8 were written"});
}

TEST_F(DepthImageDigest, EndsBetweenTwoImagesWhenItIsCancelled) {
  int looks = 0;
  Cancellation const after_two([&looks]() -> std::optional<Error> {
    return ++looks > 2 ? std::optional(Error(ReturnCode::cancelled, "it was cancelled", "a test", "go on"))
                       : std::nullopt;
  });
  test::expect_error(
      [&] {
        static_cast<void>(digest_of({base(), depths, rows, columns}, 1, after_two));
      },
      ReturnCode::cancelled, {"it was cancelled"});
  EXPECT_EQ(looks, 3);
}

}  // namespace
}  // namespace lauebench
