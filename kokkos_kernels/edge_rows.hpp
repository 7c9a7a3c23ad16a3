#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kokkos_kernels/lane_walk.hpp"
#include "kokkos_kernels/resolve_constants.hpp"

/// Edge depths of a tile's rows at all wire positions. Along the rows of a tile a depth is so smooth that a polynomial
/// of the fourth degree through five points gives all rows: five square roots and divisions instead of sixteen. A sixth
/// evaluation at every wire position proves it; where it disagrees, all rows are evaluated.
namespace lauebench::kernels {

/// Where a thread keeps the depths of one edge: `depth` [images][Lanes] in bin coordinates, `bounds` [images].
struct EdgeMemory {
  double* depth;
  Bounds* bounds;
};

template <int Lanes>
class EdgeRows {
 public:
  /// Doubles of scratch that one edge takes.
  static constexpr std::size_t scratch_doubles(std::size_t images) { return samples * images; }

  /// `scratch` has scratch_doubles of the constants' images; `wire` is [images]. All must outlive this object.
  EdgeRows(ResolveConstants const& constants, WirePosition const* wire, double* scratch)
      : constants_(constants), wire_(wire), images_(static_cast<std::size_t>(constants.images)), samples_(scratch) {}

  /// Rows row .. row + Lanes - 1 of the edge at `column` (fractional), for one side of the wire.
  void compute(DepthFormula const& formula, int row, double column, EdgeMemory const& edge) const {
    for (std::size_t i = 0; i < samples; ++i) {
      sample(formula, pixel_position(constants_.pixels, row + half_height + half_height * place[i], column),
             samples_ + i * images_);
    }
    if (fit()) {
      evaluate_fit(edge);
    } else {
      evaluate_rows(formula, row, column, edge);
    }
  }

 private:
  static constexpr double half_height = 0.5 * (Lanes - 1);

  // Places in units of half a tile's height from its middle. The first five are where interpolation errs least (zeros
  // of a Chebyshev polynomial, rounded), the last, the tile's first row, where it errs most.
  static constexpr double inner = 0.5875;
  static constexpr double outer = 0.95;
  static constexpr std::size_t samples = 6;
  static constexpr std::array<double, samples> place{0.0, -inner, inner, -outer, outer, -1.0};

  /// Between the polynomial and the formula at the first row, um. The formula itself is good to 1e-10 um
  /// (coordinates of 5e5 um in double precision), the polynomial to 1e-14 um on the main detector and 1e-11 um on the
  /// side ones; ramps of 0.1 um that begin 2e-9 um off share intensity out wrongly by 2e-8 of it, less than the last
  /// bit of a float.
  static constexpr double tolerance_um = 2e-9;

  void sample(DepthFormula const& formula_of_side, Vec3 const& point, double* __restrict depth) const {
    DepthFormula const formula = formula_of_side;
    ResolveConstants const constants = constants_;
    WirePosition const* __restrict const wire = wire_;
    for (std::size_t k = 0; k < images_; ++k) {
      depth[k] = constants.bin_coordinate(edge_depth_um(point.y, point.z, wire[k], formula));
    }
  }

  /// Puts coefficients of 1, t, t^2, t^3, t^4 (t as in `place`) where the first five samples were. False when at any
  /// wire position the last sample is not on the polynomial, or one is not a number.
  [[nodiscard]] bool fit() const {
    constexpr double inner2 = inner * inner;
    constexpr double outer2 = outer * outer;
    double* __restrict const c0 = samples_;
    double* __restrict const c1 = samples_ + images_;
    double* __restrict const c2 = samples_ + 2 * images_;
    double* __restrict const c3 = samples_ + 3 * images_;
    double* __restrict const c4 = samples_ + 4 * images_;
    double const* __restrict const proof = samples_ + 5 * images_;
    double const tolerance = tolerance_um * constants_.per_resolution;
    std::int64_t missed = 0;
    for (std::size_t k = 0; k < images_; ++k) {
      // even and odd part at the two distances, each a polynomial of t^2; divided differences of those
      double const even_inner = (0.5 * (c2[k] + c1[k]) - c0[k]) * (1.0 / inner2);
      double const even_outer = (0.5 * (c4[k] + c3[k]) - c0[k]) * (1.0 / outer2);
      double const odd_inner = (c2[k] - c1[k]) * (0.5 / inner);
      double const odd_outer = (c4[k] - c3[k]) * (0.5 / outer);
      double const fourth = (even_outer - even_inner) * (1.0 / (outer2 - inner2));
      double const third = (odd_outer - odd_inner) * (1.0 / (outer2 - inner2));
      double const second = even_inner - inner2 * fourth;
      double const first = odd_inner - inner2 * third;
      double const error = (((fourth - third) + second) - first) + (c0[k] - proof[k]);
      missed |= ((error <= tolerance) & (error >= -tolerance)) ? std::int64_t{0} : std::int64_t{-1};
      c1[k] = first;
      c2[k] = second;
      c3[k] = third;
      c4[k] = fourth;
    }
    return missed == 0;
  }

  void evaluate_fit(EdgeMemory const& edge) const {
    double const* __restrict const c0 = samples_;
    double const* __restrict const c1 = samples_ + images_;
    double const* __restrict const c2 = samples_ + 2 * images_;
    double const* __restrict const c3 = samples_ + 3 * images_;
    double const* __restrict const c4 = samples_ + 4 * images_;
    Bounds* __restrict const bounds = edge.bounds;
    constexpr double rounding = 1e-15;
    for (std::size_t k = 0; k < images_; ++k) {
      double const reach =
          std::abs(c1[k]) + std::abs(c2[k]) + std::abs(c3[k]) + std::abs(c4[k]) + rounding * std::abs(c0[k]);
      bounds[k] = {c0[k] - reach, c0[k] + reach};
    }
    std::array<double, Lanes> t;
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
      t[lane] = (static_cast<double>(lane) - half_height) / half_height;
    }
    double* __restrict depth = edge.depth;
    for (std::size_t k = 0; k < images_; ++k, depth += Lanes) {
      for (std::size_t lane = 0; lane < Lanes; ++lane) {
        depth[lane] = c0[k] + t[lane] * (c1[k] + t[lane] * (c2[k] + t[lane] * (c3[k] + t[lane] * c4[k])));
      }
    }
  }

  void evaluate_rows(DepthFormula const& formula_of_side, int row, double column, EdgeMemory const& edge) const {
    std::array<double, Lanes> y{};
    std::array<double, Lanes> z{};
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
      Vec3 const point = pixel_position(constants_.pixels, row + static_cast<int>(lane), column);
      y[lane] = point.y;
      z[lane] = point.z;
    }
    DepthFormula const formula = formula_of_side;
    ResolveConstants const constants = constants_;
    double* __restrict depth = edge.depth;
    for (std::size_t k = 0; k < images_; ++k, depth += Lanes) {
      WirePosition const wire = wire_[k];
      for (std::size_t lane = 0; lane < Lanes; ++lane) {
        depth[lane] = constants.bin_coordinate(edge_depth_um(y[lane], z[lane], wire, formula));
      }
      edge.bounds[k] = bounds_of<Lanes>(depth);
    }
  }

  ResolveConstants const& constants_;
  WirePosition const* wire_;
  std::size_t images_;
  double* samples_;  ///< [samples][images]: depths in bin coordinates, then coefficients
};

}  // namespace lauebench::kernels
