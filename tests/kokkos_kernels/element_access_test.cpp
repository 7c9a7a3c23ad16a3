#include "kokkos_kernels/element_access.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

TEST(ToElement, TruncatesTowardZero) {
  EXPECT_EQ(to_element<std::int32_t>(2.99), 2);
  EXPECT_EQ(to_element<std::int32_t>(-2.99), -2);
}

TEST(ToElement, ClampsToTheRange) {
  EXPECT_EQ(to_element<std::uint16_t>(-1.0), 0);
  EXPECT_EQ(to_element<std::uint16_t>(65536.0), 65535);
  EXPECT_EQ(to_element<std::int8_t>(-1e300), -128);
  EXPECT_EQ(to_element<std::int32_t>(1e300), std::numeric_limits<std::int32_t>::max());
}

TEST(ToElement, MakesZeroOfWhatIsNotANumberInIntegers) {
  EXPECT_EQ(to_element<std::uint8_t>(std::numeric_limits<double>::quiet_NaN()), 0);
}

TEST(ElementAccess, StoresAndLoadsEveryType) {
  for (ElementType const type : all_element_types) {
    alignas(8) std::byte memory[16]{};
    EXPECT_EQ(store_element(memory, type, 1, 100.75),
              type == ElementType::float32 || type == ElementType::float64 ? 100.75 : 100.0);
    EXPECT_EQ(load_element(memory, type, 0), 0.0);
    EXPECT_EQ(load_element(memory, type, 1), store_element(memory, type, 1, 100.75)) << to_string(type);
  }
}

}  // namespace
}  // namespace lauebench::kernels
