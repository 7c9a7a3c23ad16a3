#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

/// Random orders that are the same with every compiler and library: std::shuffle and the distributions of <random> are
/// not.
namespace lauebench {

/// 64 random bits a call; its sequence is fixed by the C++ standard.
using RandomBits = std::mt19937_64;

/// Uniform in 0 .. count-1; count >= 1. Values that would make the last cycle incomplete are drawn again: no value is
/// preferred.
[[nodiscard]] inline std::uint64_t draw_below(std::uint64_t count, RandomBits& bits) {
  std::uint64_t const rejected_below = (0 - count) % count;  // 2^64 modulo count
  std::uint64_t value = bits();
  while (value < rejected_below) {
    value = bits();
  }
  return value % count;
}

/// Fisher and Yates' shuffle (Durstenfeld's form, from the back).
template <class T>
void shuffle(std::vector<T>& values, RandomBits& bits) {
  for (std::size_t left = values.size(); left > 1; --left) {
    std::swap(values[left - 1], values[static_cast<std::size_t>(draw_below(left, bits))]);
  }
}

}  // namespace lauebench
