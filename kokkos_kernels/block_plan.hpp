#pragma once

#include <algorithm>
#include <cstdint>

#include "kokkos_kernels/launch_shape.hpp"

namespace lauebench::kernels {

/// What blocks of rows cost of a device's memory, bytes.
struct DeviceCost {
  std::uint64_t fixed = 0;       ///< wire positions and sums
  std::uint64_t per_stream = 0;  ///< whatever the blocks' height
  std::uint64_t per_row = 0;
  std::uint64_t unit = 1;  ///< the device hands out whole ones

  [[nodiscard]] std::uint64_t rounded(std::uint64_t bytes) const { return (bytes + unit - 1) / unit * unit; }

  [[nodiscard]] std::uint64_t of_stream(int rows) const {
    return rounded(per_stream + per_row * static_cast<std::uint64_t>(rows));
  }

  [[nodiscard]] std::uint64_t of(int rows, int streams) const {
    return rounded(fixed) + of_stream(rows) * static_cast<std::uint64_t>(streams);
  }
};

/// How a stripe's rows go through a device: `streams` blocks of up to `rows` rows are there at a time.
struct BlockPlan {
  int rows = 0;  ///< 0: not even one row fits
  int streams = 0;
};

/// The tallest block of which `streams` fit, 0 when none do.
[[nodiscard]] inline int tallest_block(DeviceCost const& cost, std::uint64_t limit_bytes, int streams) {
  if (cost.of(1, streams) > limit_bytes) {
    return 0;
  }
  std::uint64_t const share = (limit_bytes - cost.rounded(cost.fixed)) / static_cast<std::uint64_t>(streams);
  std::uint64_t const rows = (share / cost.unit * cost.unit - cost.per_stream) / cost.per_row;
  constexpr std::uint64_t most = 1'000'000'000;
  return static_cast<int>(std::min(rows, most));
}

/// The blocks of a stripe of `rows` rows; taller stripes never get lower blocks or fewer streams. More streams come
/// before taller blocks: without overlap the device waits for its copies.
[[nodiscard]] inline BlockPlan plan_blocks(int rows, int columns, DeviceCost const& cost, std::uint64_t limit_bytes,
                                           LaunchShape const& shape) {
  int const wanted = std::max(1, (shape.pixels + columns - 1) / columns);
  for (int streams = std::min(shape.streams, rows); streams > 0; --streams) {
    if (int const tallest = tallest_block(cost, limit_bytes, streams); tallest > 0) {
      int const share = (rows + streams - 1) / streams;
      return {std::min({tallest, wanted, share}), streams};
    }
  }
  return {};
}

}  // namespace lauebench::kernels
