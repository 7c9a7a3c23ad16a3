#include "reconstruct/stripe_buffer.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "support/module.hpp"

namespace lauebench {
namespace {

TEST(StripeBuffer, StartsAsZerosAndIsWritable) {
  StripeBuffer const buffer(test::openmp_backend(), 3 << 20U);
  auto const bytes = buffer.first(3 << 20U);
  EXPECT_TRUE(std::ranges::all_of(bytes, [](std::byte value) { return value == std::byte{0}; }));
  bytes.back() = std::byte{7};
  EXPECT_EQ(buffer.first(3 << 20U).back(), std::byte{7});
  EXPECT_EQ(buffer.first(5).size(), 5U);
  EXPECT_EQ(buffer.first(5).data(), bytes.data());
}

TEST(StripeBuffer, MovesWithItsMemory) {
  StripeBuffer first(test::openmp_backend(), 4096);
  std::byte* const data = first.first(1).data();
  StripeBuffer second(std::move(first));
  EXPECT_EQ(second.first(1).data(), data);
  StripeBuffer third;
  EXPECT_EQ(third.first(0).data(), nullptr);
  third = std::move(second);
  EXPECT_EQ(third.first(1).data(), data);
}

TEST(StripeBuffer, IsOrdinaryMemoryForACpuAndNoneIsKept) {
  { EXPECT_EQ(StripeBuffer(test::openmp_backend(), 4096).page_locked_bytes(), 0U); }
  EXPECT_EQ(test::openmp_backend().kept_host_bytes(), 0U);
}

// only where there is a GPU
TEST(StripeBuffer, PageLockedMemoryIsKeptForTheNextOfItsSize) {
  std::string reason;
  kernels::Backend* const cuda = test::cuda_backend(reason);
  if (cuda == nullptr) {
    GTEST_SKIP() << "no GPU: " << reason;
  }
  constexpr std::size_t bytes = 1 << 20U;
  cuda->start({1, 0});
  std::byte* data = nullptr;
  {
    StripeBuffer const buffer(*cuda, bytes);
    EXPECT_EQ(buffer.page_locked_bytes(), bytes);
    data = buffer.first(1).data();
  }
  EXPECT_EQ(cuda->kept_host_bytes(), bytes);
  { EXPECT_EQ(StripeBuffer(*cuda, bytes).first(1).data(), data); }
  { StripeBuffer const other(*cuda, 2 * bytes); }
  EXPECT_EQ(cuda->kept_host_bytes(), 2 * bytes);
  cuda->free_kept_host_memory();
  EXPECT_EQ(cuda->kept_host_bytes(), 0U);
}

TEST(StripeBuffer, MoreThanTheSystemHasIsBadAlloc) {
  EXPECT_THROW(StripeBuffer(test::openmp_backend(), std::numeric_limits<std::size_t>::max() / 2), std::bad_alloc);
}

}  // namespace
}  // namespace lauebench
