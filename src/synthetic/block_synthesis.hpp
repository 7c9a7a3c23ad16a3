#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "config/config.hpp"
#include "io/scan_writer.hpp"
#include "kokkos_kernels/types.hpp"
#include "synthetic/spot_model.hpp"

namespace lauebench {

struct NoiseSettings {
  CountNoise kind = CountNoise::poisson;  ///< none: the expected counts themselves
  double background_counts = 0.0;         ///< as in the spot model
  std::uint64_t seed = 0;
};

/// Makes the values of any part of the stack. A value depends on seed, frame and pixel only, not on blocks, order or
/// threads. Integers are rounded and clamped to their type's range. Safe for many threads at once, each with a
/// workspace of its own.
class BlockSynthesis {
 public:
  using Workspace = std::vector<double>;

  BlockSynthesis() = default;
  BlockSynthesis(BlockSynthesis const&) = delete;
  BlockSynthesis& operator=(BlockSynthesis const&) = delete;
  virtual ~BlockSynthesis() = default;

  /// Fills `values`, [frames][rows][columns] of the element type. Frame 0 is not shaded by the wire, frame s has
  /// `frame_wire[s]`. Returns how many of the values equal the largest one of an integer type (0 for floating types).
  virtual std::int64_t make(ScanBlock const& block, Workspace& workspace, std::span<std::byte> values) const = 0;
};

/// `spots` outlives the result. `frame_wire` has one position per stored frame; `columns` is the stack's.
[[nodiscard]] std::unique_ptr<BlockSynthesis> make_block_synthesis(ElementType type, SpotModel const& spots,
                                                                   std::vector<WirePosition> frame_wire, int columns,
                                                                   NoiseSettings const& noise);

}  // namespace lauebench
