#include "synthetic/block_synthesis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "synthetic/poisson.hpp"
#include "synthetic/wire_path.hpp"
#include "synthetic_fixture.hpp"

namespace lauebench {
namespace {

constexpr int rows = 21;
constexpr int columns = 33;
constexpr int frames = 31;

/// One scan's model with one grain in the middle.
struct SmallModel {
  explicit SmallModel(double amplitude_counts, double background_counts)
      : geometry(make_geometry()),
        spots(geometry, rows, columns, {{10.0, 16.0, 2.0, amplitude_counts, 18.0, 22.0}}, background_counts) {}

  static ScanGeometry make_geometry() {
    auto const beamline = read_geometry(test::shipped_geometry(), 0);
    DetectorRegion const region{1000, 1000, 1, 1, 1000 + columns - 1, 1000 + rows - 1, 2048, 2048};
    WirePath const path = plan_wire_path({beamline, region, rows, columns, {0.0, 40.0}, frames - 1, std::nullopt});
    return make_scan_geometry(beamline, region, std::span(path.raw_um).subspan(1).first(frames));
  }

  ScanGeometry geometry;
  SpotModel spots;
};

template <class Value>
std::vector<Value> make_block(BlockSynthesis const& synthesis, ScanBlock const& block) {
  std::vector<Value> values(static_cast<std::size_t>(block.values()));
  BlockSynthesis::Workspace workspace;
  synthesis.make(block, workspace, std::as_writable_bytes(std::span(values)));
  return values;
}

constexpr ScanBlock whole_stack{0, frames, 0, rows, 0, columns};

TEST(BlockSynthesis, AnyPartEqualsTheSamePartOfTheWhole) {
  SmallModel const model(500.0, 7.0);
  auto const synthesis = make_block_synthesis(ElementType::uint16, model.spots, model.geometry.wire, columns,
                                              {CountNoise::poisson, 7.0, 99});
  auto const whole = make_block<std::uint16_t>(*synthesis, whole_stack);
  for (ScanBlock const& block :
       {ScanBlock{3, 4, 5, 9, 7, 11}, ScanBlock{0, 1, 20, 1, 32, 1}, ScanBlock{30, 1, 0, 21, 1, 32}}) {
    auto const part = make_block<std::uint16_t>(*synthesis, block);
    std::size_t index = 0;
    for (auto frame = block.first_frame; frame < block.first_frame + block.frames; ++frame) {
      for (auto row = block.first_row; row < block.first_row + block.rows; ++row) {
        for (auto column = block.first_column; column < block.first_column + block.columns; ++column) {
          ASSERT_EQ(part[index++], whole[static_cast<std::size_t>((frame * rows + row) * columns + column)]);
        }
      }
    }
  }
}

TEST(BlockSynthesis, NoiseFollowsTheExpectedCounts) {
  SmallModel const model(500.0, 7.0);
  auto const exact = make_block_synthesis(ElementType::float64, model.spots, model.geometry.wire, columns,
                                          {CountNoise::none, 7.0, 99});
  auto const noisy = make_block_synthesis(ElementType::float64, model.spots, model.geometry.wire, columns,
                                          {CountNoise::poisson, 7.0, 99});
  auto const expected = make_block<double>(*exact, whole_stack);
  auto const counts = make_block<double>(*noisy, whole_stack);
  double chi_square = 0.0;
  double sum = 0.0;
  double expected_sum = 0.0;
  for (std::size_t index = 0; index < counts.size(); ++index) {
    ASSERT_EQ(counts[index], std::floor(counts[index]));
    chi_square += std::pow(counts[index] - expected[index], 2) / expected[index];
    sum += counts[index];
    expected_sum += expected[index];
  }
  auto const values = static_cast<double>(counts.size());
  // The variance of one term is 2 + 1 / mean for a Poisson count.
  EXPECT_NEAR(chi_square, values, 5.0 * std::sqrt((2.0 + 1.0 / 7.0) * values));
  EXPECT_NEAR(sum, expected_sum, 5.0 * std::sqrt(expected_sum));
}

TEST(BlockSynthesis, FrameZeroIsNotShaded) {
  SmallModel const model(500.0, 7.0);
  auto const exact = make_block_synthesis(ElementType::float64, model.spots, model.geometry.wire, columns,
                                          {CountNoise::none, 7.0, 99});
  auto const values = make_block<double>(*exact, {0, 1, 10, 1, 16, 1});
  EXPECT_DOUBLE_EQ(values[0], 507.0);
}

template <class Value>
void expect_clamped(ElementType type, double amplitude, double background) {
  SmallModel const model(amplitude, background);
  auto const exact = make_block_synthesis(ElementType::float64, model.spots, model.geometry.wire, columns,
                                          {CountNoise::none, background, 99});
  auto const typed =
      make_block_synthesis(type, model.spots, model.geometry.wire, columns, {CountNoise::none, background, 99});
  auto const expected = make_block<double>(*exact, whole_stack);
  std::vector<Value> values(static_cast<std::size_t>(whole_stack.values()));
  BlockSynthesis::Workspace workspace;
  auto const saturated = typed->make(whole_stack, workspace, std::as_writable_bytes(std::span(values)));
  std::int64_t at_largest = 0;
  for (std::size_t index = 0; index < values.size(); ++index) {
    if constexpr (std::is_integral_v<Value>) {
      auto const largest = static_cast<double>(std::numeric_limits<Value>::max());
      ASSERT_EQ(static_cast<double>(values[index]), std::min(std::round(expected[index]), largest));
      at_largest += values[index] == std::numeric_limits<Value>::max() ? 1 : 0;
    } else {
      ASSERT_EQ(values[index], static_cast<Value>(expected[index]));
    }
  }
  EXPECT_EQ(saturated, at_largest);
  EXPECT_EQ(at_largest > 0, std::is_integral_v<Value>);
}

TEST(BlockSynthesis, ElementTypesRoundAndClamp) {
  expect_clamped<std::uint8_t>(ElementType::uint8, 300.4, 2.6);
  expect_clamped<std::int8_t>(ElementType::int8, 300.4, 2.6);
  expect_clamped<std::uint16_t>(ElementType::uint16, 90000.4, 2.6);
  expect_clamped<std::int16_t>(ElementType::int16, 90000.4, 2.6);
  expect_clamped<float>(ElementType::float32, 90000.4, 2.6);
  expect_clamped<double>(ElementType::float64, 90000.4, 2.6);
}

TEST(BlockSynthesis, Int32HoldsLargeCountsAndClamps) { expect_clamped<std::int32_t>(ElementType::int32, 3.1e9, 2.6); }

TEST(BlockSynthesis, BackgroundNoiseIsClampedToo) {
  SmallModel const model(0.0, 250.0);
  auto const noisy = make_block_synthesis(ElementType::uint8, model.spots, model.geometry.wire, columns,
                                          {CountNoise::poisson, 250.0, 3});
  std::vector<std::uint8_t> values(static_cast<std::size_t>(whole_stack.values()));
  BlockSynthesis::Workspace workspace;
  auto const saturated = noisy->make(whole_stack, workspace, std::as_writable_bytes(std::span(values)));
  double expected_share = 0.0;
  PoissonProbabilities const exact = poisson_probabilities(250.0);
  for (std::size_t index = 0; index < exact.probability.size(); ++index) {
    expected_share += exact.first + static_cast<std::int64_t>(index) >= 255 ? exact.probability[index] : 0.0;
  }
  auto const share = static_cast<double>(saturated) / static_cast<double>(values.size());
  EXPECT_NEAR(share, expected_share, 5.0 * std::sqrt(expected_share / static_cast<double>(values.size())));
}

}  // namespace
}  // namespace lauebench
