#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lauebench::fuzz {

/// Decisions taken from an input, a byte each. Behind its end all bytes are 0, and the first of several possibilities
/// is the ordinary one: an empty input decides for the ordinary throughout, one byte for one hostile trait.
/// (FuzzedDataProvider takes numbers from the end, which makes inputs hard to write by hand.)
class Choices {
 public:
  explicit Choices(std::span<std::uint8_t const> input) : rest_(input) {}

  std::uint8_t byte() {
    std::uint8_t const value = rest_.empty() ? 0 : rest_.front();
    rest_ = rest_.subspan(std::min<std::size_t>(1, rest_.size()));
    return value;
  }

  /// 0 .. count - 1; count is at most 256.
  std::size_t below(std::size_t count) { return byte() % count; }

  bool unusual() { return byte() % 2 == 1; }

  template <class T, std::size_t N>
  T of(std::array<T, N> const& possibilities) {
    return possibilities[below(N)];
  }

  /// As long as its first byte says, at most.
  std::string text() {
    std::size_t const length = byte();
    auto const taken = rest_.subspan(0, std::min(length, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return {taken.begin(), taken.end()};
  }

 private:
  std::span<std::uint8_t const> rest_;
};

}  // namespace lauebench::fuzz
