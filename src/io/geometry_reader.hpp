#pragma once

#include <filesystem>
#include <string>

#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// One detector of a geometry file (geoN), unbinned.
struct DetectorGeometry {
  int pixels_x = 0;
  int pixels_y = 0;
  double pitch_x_um = 0.0;  ///< size / Npixels
  double pitch_y_um = 0.0;
  Vec3 rotation_rad;    ///< rotation vector R: axis times angle
  Vec3 translation_um;  ///< P, applied before the rotation
};

/// The wire as the geometry file describes it.
struct WireGeometry {
  double diameter_um = 0.0;
  Vec3 origin_um;     ///< raw positioner units
  Vec3 rotation_rad;  ///< rotation vector of the positioner
  Vec3 axis;          ///< as in the file, not normalised
};

struct BeamlineGeometry {
  DetectorGeometry detector;
  WireGeometry wire;
};

/// Reads detector `detector` and the wire. Any or no namespace; comments opened with `<--` are accepted. Throws Error
/// (bad_input) naming file, element and what was expected.
[[nodiscard]] BeamlineGeometry read_geometry(std::filesystem::path const& file, int detector);

/// The same from a text that read_geometry_file() gave; `file` is for the messages.
[[nodiscard]] BeamlineGeometry parse_geometry(std::string const& text, std::filesystem::path const& file, int detector);

/// The file's text as it is. Throws Error (bad_input, io_error).
[[nodiscard]] std::string read_geometry_file(std::filesystem::path const& path);

}  // namespace lauebench
