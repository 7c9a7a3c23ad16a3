#pragma once

#include <cstdint>

namespace lauebench {

inline constexpr std::uint64_t bytes_per_mib = std::uint64_t{1} << 20U;

}  // namespace lauebench
