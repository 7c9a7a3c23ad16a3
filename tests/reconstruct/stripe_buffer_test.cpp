#include "reconstruct/stripe_buffer.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(StripeBuffer, StartsAsZerosAndIsWritable) {
  StripeBuffer const buffer(3 << 20U);
  auto const bytes = buffer.first(3 << 20U);
  EXPECT_TRUE(std::ranges::all_of(bytes, [](std::byte value) { return value == std::byte{0}; }));
  bytes.back() = std::byte{7};
  EXPECT_EQ(buffer.first(3 << 20U).back(), std::byte{7});
  EXPECT_EQ(buffer.first(5).size(), 5U);
  EXPECT_EQ(buffer.first(5).data(), bytes.data());
}

TEST(StripeBuffer, MovesWithItsMemory) {
  StripeBuffer first(4096);
  std::byte* const data = first.first(1).data();
  StripeBuffer second(std::move(first));
  EXPECT_EQ(second.first(1).data(), data);
  StripeBuffer third;
  EXPECT_EQ(third.first(0).data(), nullptr);
  third = std::move(second);
  EXPECT_EQ(third.first(1).data(), data);
}

TEST(StripeBuffer, MoreThanTheSystemHasIsBadAlloc) {
  EXPECT_THROW(StripeBuffer(std::numeric_limits<std::size_t>::max() / 2), std::bad_alloc);
}

}  // namespace
}  // namespace lauebench
