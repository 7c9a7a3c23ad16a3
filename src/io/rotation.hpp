#pragma once

#include <cmath>

#include "kokkos_kernels/types.hpp"

/// Vectors and rotations in three dimensions, as far as the geometry file needs them.
namespace lauebench {

[[nodiscard]] inline Vec3 operator+(Vec3 const& a, Vec3 const& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
[[nodiscard]] inline Vec3 operator-(Vec3 const& a, Vec3 const& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
[[nodiscard]] inline Vec3 operator*(double factor, Vec3 const& a) { return {factor * a.x, factor * a.y, factor * a.z}; }
[[nodiscard]] inline double norm(Vec3 const& a) { return std::hypot(a.x, a.y, a.z); }

/// `a` must not be the zero vector.
[[nodiscard]] inline Vec3 normalised(Vec3 const& a) { return (1.0 / norm(a)) * a; }

/// Row by row.
struct Matrix3 {
  Vec3 first{1.0, 0.0, 0.0};
  Vec3 second{0.0, 1.0, 0.0};
  Vec3 third{0.0, 0.0, 1.0};
};

[[nodiscard]] inline double dot(Vec3 const& a, Vec3 const& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

[[nodiscard]] inline Vec3 operator*(Matrix3 const& m, Vec3 const& a) {
  return {dot(m.first, a), dot(m.second, a), dot(m.third, a)};
}

[[nodiscard]] inline Matrix3 transposed(Matrix3 const& m) {
  return {{m.first.x, m.second.x, m.third.x}, {m.first.y, m.second.y, m.third.y}, {m.first.z, m.second.z, m.third.z}};
}

/// Rodrigues' formula: the rotation about `rotation_rad` by its length in radians; the zero vector gives the identity.
[[nodiscard]] inline Matrix3 rotation_matrix(Vec3 const& rotation_rad) {
  double const angle = norm(rotation_rad);
  if (angle == 0.0) {
    return {};
  }
  Vec3 const n = (1.0 / angle) * rotation_rad;
  double const c = std::cos(angle);
  double const s = std::sin(angle);
  double const t = 1.0 - c;
  return {{c + t * n.x * n.x, t * n.x * n.y - s * n.z, t * n.x * n.z + s * n.y},
          {t * n.y * n.x + s * n.z, c + t * n.y * n.y, t * n.y * n.z - s * n.x},
          {t * n.z * n.x - s * n.y, t * n.z * n.y + s * n.x, c + t * n.z * n.z}};
}

}  // namespace lauebench
