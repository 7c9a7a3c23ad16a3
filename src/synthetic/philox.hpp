#pragma once

#include <array>
#include <cstdint>

/// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11). A
/// number depends on the key and the counter only, so noise does not depend on the number of threads or on the order of
/// the work.
namespace lauebench {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

[[nodiscard]] constexpr PhiloxKey philox_key(std::uint64_t seed) {
  return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)};
}

/// Four random words for one counter.
[[nodiscard]] constexpr PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53U;
  constexpr std::uint64_t multiplier_1 = 0xCD9E8D57U;
  constexpr std::uint32_t key_step_0 = 0x9E3779B9U;
  constexpr std::uint32_t key_step_1 = 0xBB67AE85U;
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    std::uint64_t const product_0 = multiplier_0 * counter[0];
    std::uint64_t const product_1 = multiplier_1 * counter[2];
    counter = {
        static_cast<std::uint32_t>(product_1 >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product_1),
        static_cast<std::uint32_t>(product_0 >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product_0)};
    key = {key[0] + key_step_0, key[1] + key_step_1};
  }
  return counter;
}

/// What a stream of random numbers is for; part of the counter, so that uses never share numbers.
enum class RandomPurpose : std::uint32_t { background, signal, grains };

/// Uniform numbers in the open interval (0, 1) for one (purpose, item, group); for instance (signal, pixel, frame).
class UniformStream {
 public:
  UniformStream(PhiloxKey key, RandomPurpose purpose, std::uint32_t item, std::uint32_t group)
      : key_{key}, counter_{item, 0U, group, static_cast<std::uint32_t>(purpose)} {}

  [[nodiscard]] double operator()() {
    if (second_is_ready_) {
      second_is_ready_ = false;
      return to_unit_interval(words_[2], words_[3]);
    }
    words_ = philox(counter_, key_);
    ++counter_[1];
    second_is_ready_ = true;
    return to_unit_interval(words_[0], words_[1]);
  }

 private:
  /// The middle of one of 2^52 equal parts of the interval: never 0, never 1.
  static double to_unit_interval(std::uint32_t low, std::uint32_t high) {
    constexpr double part = 1.0 / 4503599627370496.0;
    std::uint64_t const word = (std::uint64_t{high} << 32U) | low;
    return (static_cast<double>(word >> 12U) + 0.5) * part;
  }

  PhiloxKey key_;
  PhiloxCounter counter_;
  PhiloxCounter words_{};
  bool second_is_ready_ = false;
};

}  // namespace lauebench
