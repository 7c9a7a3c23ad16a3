#pragma once

#include <optional>
#include <span>
#include <vector>

#include "io/depth_image.hpp"
#include "io/scan_truth.hpp"
#include "kokkos_kernels/types.hpp"

/// What depth images of a generated scan show of its grains.
namespace lauebench {

/// A grain is looked for in the pixels whose centres lie within so many sigmas of its spot's centre.
inline constexpr double judged_sigmas = 2.0;

struct GrainRecovery {
  double true_depth_um = 0.0;      ///< middle of the grain's interval
  double expected_counts = 0.0;    ///< of the pixels looked at, without the wire
  double counts = 0.0;             ///< of these pixels in all depth images together
  std::optional<double> depth_um;  ///< centroid of the depth profile; empty without counts
  int pixels = 0;
};

/// Grains that depth images of [rows][columns] can be held against: they scatter, all of their interval lies within the
/// depths asked for, all pixels to be looked at in the image, and no other grain's spot reaches any of them.
[[nodiscard]] std::vector<GrainTruth> judgeable_grains(std::span<GrainTruth const> grains, DepthGrid const& depths,
                                                       int rows, int columns);

/// Of each grain, all of them judgeable. Throws Error (io_error) when the images cannot be read.
[[nodiscard]] std::vector<GrainRecovery> recover_grains(StoredDepthImages const& images, DepthGrid const& depths,
                                                        std::span<GrainTruth const> grains);

}  // namespace lauebench
