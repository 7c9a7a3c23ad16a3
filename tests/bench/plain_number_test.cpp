#include "bench/plain_number.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(PlainNumber, HasNoPowersOfTen) {
  EXPECT_EQ(plain_number(1000.0, 3), "1000");
  EXPECT_EQ(plain_number(123456.7, 3), "123457");
  EXPECT_EQ(plain_number(999.96, 3), "1000");
  EXPECT_EQ(plain_number(0.00001234, 3), "0.0000123");
}

TEST(PlainNumber, HasTheDigitsAskedForAndNoZerosBehindThem) {
  EXPECT_EQ(plain_number(12.345, 3), "12.3");
  EXPECT_EQ(plain_number(12.345, 4), "12.35");
  EXPECT_EQ(plain_number(20.0, 4), "20");
  EXPECT_EQ(plain_number(0.5, 4), "0.5");
  EXPECT_EQ(plain_number(100.0, 4), "100");
  EXPECT_EQ(plain_number(0.0, 4), "0");
  EXPECT_EQ(plain_number(-2.5, 3), "-2.5");
}

}  // namespace
}  // namespace lauebench
