// The geometry file: any bytes either give finite numbers or an Error.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "io/geometry_reader.hpp"
#include "support/findings.hpp"

namespace lauebench::fuzz {
namespace {

bool is_finite(Vec3 const& v) { return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z); }

void require_usable(BeamlineGeometry const& geometry) {
  DetectorGeometry const& detector = geometry.detector;
  WireGeometry const& wire = geometry.wire;
  if (detector.pixels_x < 1 || detector.pixels_y < 1 || !std::isfinite(detector.pitch_x_um) ||
      !std::isfinite(detector.pitch_y_um) || !is_finite(detector.rotation_rad) || !is_finite(detector.translation_um) ||
      !std::isfinite(wire.diameter_um) || !is_finite(wire.origin_um) || !is_finite(wire.rotation_rad) ||
      !is_finite(wire.axis)) {
    report_finding("a geometry that is not finite");
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const text(reinterpret_cast<char const*>(data), size);
  for (int detector = 0; detector <= 2; ++detector) {
    succeeds([&] { require_usable(parse_geometry(text, "geometry.xml", detector)); });
  }
  return 0;
}

}  // namespace lauebench::fuzz
