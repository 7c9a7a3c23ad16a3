#pragma once

#include <cstdint>
#include <optional>

#include "config/config.hpp"

namespace lauebench {

/// Readers and writers hold whole chunks in memory, some of them several times.
inline constexpr std::int64_t largest_chunk_bytes = std::int64_t{128} << 20U;

/// The chunks of a generated scan; empty: it is contiguous. Filters need chunks: one frame each where none are given.
/// Throws Error (bad_input) for chunks that are larger than the scan or than `largest_chunk_bytes`.
[[nodiscard]] std::optional<ChunkShape> chunk_shape(GenerateConfig const& config);

}  // namespace lauebench
