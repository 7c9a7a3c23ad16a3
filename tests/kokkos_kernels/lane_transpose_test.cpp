#include "kokkos_kernels/lane_transpose.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

template <class Element>
class LaneTranspose : public testing::Test {};

using Elements = testing::Types<std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, float, double>;
TYPED_TEST_SUITE(LaneTranspose, Elements);

TYPED_TEST(LaneTranspose, SwapsRowsAndColumnsAndTouchesNothingElse) {
  constexpr std::size_t size = 16;
  constexpr std::size_t from_stride = 21;
  constexpr std::size_t to_stride = 19;
  std::vector<TypeParam> from(size * from_stride);
  for (std::size_t i = 0; i < from.size(); ++i) {
    from[i] = static_cast<TypeParam>(i % 251);
  }
  auto const untouched = static_cast<TypeParam>(99);
  std::vector<TypeParam> to(size * to_stride, untouched);
  transpose_square<size>(from.data(), from_stride, to.data(), to_stride);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < to_stride; ++column) {
      TypeParam const expected = column < size ? from[column * from_stride + row] : untouched;
      ASSERT_EQ(to[row * to_stride + column], expected) << row << ", " << column;
    }
  }
}

}  // namespace
}  // namespace lauebench::kernels
