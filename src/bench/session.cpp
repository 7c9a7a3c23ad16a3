#include "bench/session.hpp"

#include <array>
#include <random>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace lauebench {

std::string utc_label(WallTime when) {
  // fmt rounds nothing here: whole seconds are cut before formatting, as the label of a moment must not lie in its
  // future
  auto const seconds = std::chrono::floor<std::chrono::seconds>(when);
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

double unix_time_s(WallTime when) { return std::chrono::duration<double>(when.time_since_epoch()).count(); }

std::string make_session_id() {
  std::random_device device;
  std::array<std::uint32_t, 4> words{};
  for (std::uint32_t& word : words) {
    word = device();
  }
  words[1] = (words[1] & 0xffff0fffU) | 0x00004000U;  // version 4
  words[2] = (words[2] & 0x3fffffffU) | 0x80000000U;  // variant of RFC 4122
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16U, words[1] & 0xffffU,
                     words[2] >> 16U, words[2] & 0xffffU, words[3]);
}

std::uint64_t draw_seed() {
  std::random_device device;
  std::uint64_t const bits = (std::uint64_t{device()} << 32U) | device();
  return bits & ((std::uint64_t{1} << 53U) - 1U);
}

std::string make_run_id(std::string_view label, int counter) { return fmt::format("{}-{}", label, counter); }

}  // namespace lauebench
