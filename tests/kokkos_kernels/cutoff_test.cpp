#include "kokkos_kernels/cutoff.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

/// The specification's formula with all pixels sorted.
double cutoff_by_sorting(std::vector<double> values, double percent) {
  for (double& value : values) {
    value = std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
  }
  std::ranges::sort(values);
  auto const pixels = static_cast<double>(values.size());
  auto const rank = static_cast<std::size_t>(std::floor(pixels * std::min(1.0, (100.0 - percent) / 100.0)));
  return std::max(1.0, std::trunc(values[std::min(rank, values.size() - 1)]));
}

TEST(BrightnessCutoff, EqualsThatOfSortedPixels) {
  std::mt19937 random(7);
  std::vector<std::uint16_t> image(1237);
  for (auto& pixel : image) {
    pixel = static_cast<std::uint16_t>(random() % 5000);
  }
  std::vector<double> const values(image.begin(), image.end());
  for (double const percent : {100.0, 99.9, 50.0, 30.0, 1.0, 1e-9}) {
    EXPECT_EQ(brightness_cutoff(image.data(), ElementType::uint16, image.size(), percent),
              cutoff_by_sorting(values, percent))
        << percent << " %";
  }
}

TEST(BrightnessCutoff, IsAtLeastOne) {
  std::vector<std::int32_t> const image{-5, 0, 0, 1};
  EXPECT_EQ(brightness_cutoff(image.data(), ElementType::int32, image.size(), 100.0), 1.0);
}

TEST(BrightnessCutoff, TruncatesFractions) {
  std::vector<double> const image{7.9, 8.5, 9.9};
  EXPECT_EQ(brightness_cutoff(image.data(), ElementType::float64, image.size(), 100.0), 7.0);
}

TEST(BrightnessCutoff, CountsWhatIsNotANumberAsDarkest) {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> const image{nan, 10.0F, nan, 20.0F};
  EXPECT_EQ(brightness_cutoff(image.data(), ElementType::float32, image.size(), 100.0), 1.0);
  EXPECT_EQ(brightness_cutoff(image.data(), ElementType::float32, image.size(), 50.0), 10.0);
}

TEST(BrightnessCutoff, IsFiniteWherePixelsAreNot) {
  float const infinity = std::numeric_limits<float>::infinity();
  std::vector<float> const image{infinity, 10.0F, infinity, 20.0F, -infinity};
  EXPECT_EQ(brightness_cutoff(image.data(), ElementType::float32, image.size(), 20.0),
            std::numeric_limits<double>::max());
  EXPECT_EQ(brightness_cutoff(image.data(), ElementType::float32, image.size(), 60.0), 20.0);
  EXPECT_EQ(brightness_cutoff(image.data(), ElementType::float32, image.size(), 100.0), 1.0);
}

TEST(BrightnessCutoff, OfOnePixelIsItsValue) {
  std::uint8_t const pixel = 200;
  EXPECT_EQ(brightness_cutoff(&pixel, ElementType::uint8, 1, 0.5), 200.0);
}

}  // namespace
}  // namespace lauebench::kernels
