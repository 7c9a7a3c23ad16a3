#include "io/depth_image_windows.hpp"

#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "expect_error.hpp"
#include "io/depth_files.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using testing::ElementsAre;

constexpr int rows = 6;
constexpr int columns = 8;
constexpr int depths = 3;

class DepthImageWindows : public testing::Test {
 protected:
  void SetUp() override { test::write_scan(folder_ / "scan.h5", test::ScanSpec{}); }

  /// Pixel p of image m holds 48 m + p, less `below`.
  template <class Value>
  StoredDepthImages write(ElementType type, int below) const {
    std::vector<Value> values(depths * rows * columns);
    std::iota(values.begin(), values.end(), static_cast<Value>(-below));
    DepthFileWriter writer(folder_ / "image", DepthGrid{0.0, 1.0, depths},
                           make_depth_file_template(folder_ / "scan.h5", type, rows, columns));
    writer.write_rows(0, rows, std::as_bytes(std::span(values)));
    writer.publish();
    return {folder_ / "image", depths, rows, columns};
  }

  test::TemporaryFolder folder_;
};

/// The values of each image and window.
std::map<std::pair<int, std::size_t>, std::vector<double>> all_of(StoredDepthImages const& images,
                                                                  std::vector<PixelWindow> const& windows) {
  std::map<std::pair<int, std::size_t>, std::vector<double>> found;
  read_windows(images, windows, [&found](int image, std::size_t window, std::span<double const> values) {
    found[{image, window}].assign(values.begin(), values.end());
  });
  return found;
}

TEST_F(DepthImageWindows, AreTheirRowsAndColumnsOfEachImage) {
  auto const images = write<std::int32_t>(ElementType::int32, 0);
  auto const found = all_of(images, {{1, 2, 3, 2}, {5, 1, 7, 1}});
  ASSERT_EQ(found.size(), 6U);
  EXPECT_THAT(found.at({0, 0}), ElementsAre(11.0, 12.0, 19.0, 20.0));
  EXPECT_THAT(found.at({2, 0}), ElementsAre(107.0, 108.0, 115.0, 116.0));
  EXPECT_THAT(found.at({1, 1}), ElementsAre(95.0));
}

TEST_F(DepthImageWindows, HoldTheValuesOfTheirElementType) {
  std::vector<PixelWindow> const first{{0, 1, 0, 2}};
  EXPECT_THAT(all_of(write<std::int16_t>(ElementType::int16, 7), first).at({0, 0}), ElementsAre(-7.0, -6.0));
  EXPECT_THAT(all_of(write<std::uint16_t>(ElementType::uint16, 7), first).at({0, 0}), ElementsAre(65529.0, 65530.0));
  EXPECT_THAT(all_of(write<float>(ElementType::float32, 7), first).at({0, 0}), ElementsAre(-7.0, -6.0));
  EXPECT_THAT(all_of(write<double>(ElementType::float64, 7), first).at({0, 0}), ElementsAre(-7.0, -6.0));
}

TEST_F(DepthImageWindows, OfMissingOrOtherImagesAreAnIoError) {
  auto images = write<std::int32_t>(ElementType::int32, 0);
  std::vector<PixelWindow> const window{{0, 1, 0, 1}};
  auto const read = [&] { static_cast<void>(all_of(images, window)); };
  std::filesystem::remove(images.file(2));
  test::expect_error(read, ReturnCode::io_error, {"image2.h5", "No such file"});
  ++images.rows;
  test::expect_error(read, ReturnCode::io_error, {"6 x 8 pixels", "of 7 x 8 were written"});
}

}  // namespace
}  // namespace lauebench
