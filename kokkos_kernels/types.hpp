#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Domain types that the kernels and the program share. No Kokkos, no I/O.
/// Lengths are micrometres, angles radians, unless a name says otherwise.
namespace lauebench {

/// Element type of detector frames and of depth images.
enum class ElementType : std::uint8_t { uint8, int8, uint16, int16, int32, float32, float64 };

inline constexpr std::array all_element_types{ElementType::uint8,  ElementType::int8,  ElementType::uint16,
                                              ElementType::int16,  ElementType::int32, ElementType::float32,
                                              ElementType::float64};

[[nodiscard]] constexpr std::size_t size_bytes(ElementType type) {
  constexpr std::array<std::size_t, 7> sizes{1, 1, 2, 2, 4, 4, 8};
  return sizes[static_cast<std::size_t>(type)];
}

[[nodiscard]] constexpr std::string_view to_string(ElementType type) {
  constexpr std::array<std::string_view, 7> names{"uint8", "int8", "uint16", "int16", "int32", "float32", "float64"};
  return names[static_cast<std::size_t>(type)];
}

/// Which edge of the wire resolves depth; `both` adds the two.
enum class WireEdge : std::uint8_t { leading, trailing, both };

/// What a difference is divided by before it is shared out: half the base of the trapezoid (`peer`,
/// what published data used) or its area (`conserving`). `conserving` also uses the last two differences.
enum class AreaRule : std::uint8_t { peer, conserving };

enum class CosmicFilter : std::uint8_t { off, on };

/// Arithmetic of weights, ramps and sums; edge depths are always evaluated in double.
enum class Precision : std::uint8_t { double_precision, single_precision };

/// Loop order of the kernel: `tiles` takes rows as vector lanes, `pixels` one pixel a thread.
/// `automatic` is what is faster on the execution space.
enum class KernelLoop : std::uint8_t { automatic, tiles, pixels };

struct Vec3 {
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;
};

/// Centre of the wire in wire coordinates; x does not matter, the wire lies along it.
struct WirePosition {
  double y_um = 0.0;
  double z_um = 0.0;
};

/// Stored pixels in wire coordinates. The map is affine: the centre of stored pixel (row i, column j), both
/// possibly fractional, is `origin_um + i * per_row_um + j * per_column_um`.
struct PixelGrid {
  Vec3 origin_um;
  Vec3 per_row_um;
  Vec3 per_column_um;
};

/// Everything geometrical that a reconstruction needs, in wire coordinates.
struct ScanGeometry {
  PixelGrid pixels;
  double wire_radius_um = 0.0;
  Vec3 beam;                       ///< direction of the incident beam, ki (unit vector)
  std::vector<WirePosition> wire;  ///< one per image I_0 .. I_(N-1)
};

/// Depth images m = 0 .. count-1; image m covers start + (m -+ 1/2) * resolution.
struct DepthGrid {
  double start_um = 0.0;
  double resolution_um = 1.0;
  int count = 0;

  [[nodiscard]] double depth_um(int m) const { return start_um + m * resolution_um; }
};

}  // namespace lauebench
