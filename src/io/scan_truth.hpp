#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace lauebench {

/// One scatterer of a generated scan: a Gaussian spot on the detector that comes, evenly, from an interval of depths.
struct GrainTruth {
  double row = 0.0;  ///< centre of the spot in stored pixels, zero-based; pixel i reaches from i-1/2 to i+1/2
  double column = 0.0;
  double sigma_px = 1.0;          ///< in stored pixels, the same along rows and columns
  double amplitude_counts = 0.0;  ///< expected counts at the centre of the spot without the wire
  double depth_start_um = 0.0;
  double depth_end_um = 0.0;
};

/// Spots end this many sigmas from their centre, along rows and along columns.
inline constexpr double spot_reach_sigmas = 5.0;

/// What a generated scan says about itself in /entry1/simulation.
struct ScanTruth {
  std::vector<GrainTruth> grains;
  double background_counts = 0.0;
  double depth_start_um = 0.0;  ///< depth range that the wire's leading edge passes for every pixel
  double depth_end_um = 0.0;
  double wire_step_um = 0.0;
  CountNoise noise = CountNoise::poisson;  ///< none: expected values, rounded for integer types
  std::uint64_t seed = 0;
  std::int32_t generator_version = 0;
  std::int64_t saturated_values =
      0;                      ///< stored values equal to the largest one of an integer element type, frame 0 included
  std::string geometry_text;  ///< the geometry file as it was
};

/// The truth of a generated scan; empty for a file without /entry1/simulation. Throws Error: bad_input for what cannot
/// be read or is incomplete, io_error for what the system refuses.
[[nodiscard]] std::optional<ScanTruth> read_scan_truth(std::filesystem::path const& scan);

}  // namespace lauebench
