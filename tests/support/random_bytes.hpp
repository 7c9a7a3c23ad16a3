#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace lauebench::test {

/// As many bytes, a multiple of 8, that no filesystem can compress; the same for a seed.
[[nodiscard]] inline std::vector<std::byte> random_bytes(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; i += sizeof(std::uint64_t)) {
    std::uint64_t const word = bits();
    std::memcpy(&bytes[i], &word, sizeof word);
  }
  return bytes;
}

}  // namespace lauebench::test
