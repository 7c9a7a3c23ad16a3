#pragma once

#include <cstddef>

#include "kokkos_kernels/cosmic_filter.hpp"
#include "kokkos_kernels/difference_walk.hpp"
#include "kokkos_kernels/element_access.hpp"
#include "kokkos_kernels/resolve_constants.hpp"

/// The device's loop: one pixel a thread, neighbouring threads take neighbouring columns, so that reads and writes of a
/// warp are contiguous. T lies in device memory, each element touched by its own thread only: no atomics.
namespace lauebench::kernels {

/// A stripe in the memory that the execution space reaches.
template <class Real>
struct PixelStripe {
  int first_row;
  int rows;
  void const* frames;  ///< [images][rows][columns]
  void* depth_images;  ///< [depths][rows][columns]
  Real* steps;         ///< T: [depths][rows][columns]
  double* filtered;    ///< [images][rows][columns], only with the cosmic filter
  WirePosition const* wire;
};

template <class Real>
class PixelResolver {
 public:
  LAUEBENCH_FUNCTION PixelResolver(ResolveConstants const& constants, PixelStripe<Real> const& stripe)
      : constants_(constants), stripe_(stripe) {}

  /// Pixel `pixel` = row * columns + column of the stripe.
  LAUEBENCH_FUNCTION void resolve(std::size_t pixel) const {
    std::size_t const image = image_size();
    for (int m = 0; m < constants_.range.depths; ++m) {
      stripe_.steps[static_cast<std::size_t>(m) * image + pixel] = Real(0);
    }
    if (frame_value(0, pixel) >= constants_.cutoff) {
      if (constants_.cosmic_filter == CosmicFilter::on) {
        filter_series(pixel);
      }
      for (int side = 0; side < constants_.sides.count; ++side) {
        walk_side(side, pixel);
      }
    }
    store(pixel);
  }

 private:
  struct StepAccess {
    Real* steps;
    std::size_t image;
    LAUEBENCH_FUNCTION Real& operator()(int m, int) const { return steps[static_cast<std::size_t>(m) * image]; }
  };

  LAUEBENCH_FUNCTION std::size_t image_size() const {
    return static_cast<std::size_t>(stripe_.rows) * static_cast<std::size_t>(constants_.columns);
  }

  LAUEBENCH_FUNCTION double frame_value(int k, std::size_t pixel) const {
    return load_element(stripe_.frames, constants_.input_type, static_cast<std::size_t>(k) * image_size() + pixel);
  }

  LAUEBENCH_FUNCTION void walk_side(int side, std::size_t pixel) const {
    int const row = stripe_.first_row + static_cast<int>(pixel / static_cast<std::size_t>(constants_.columns));
    int const column = static_cast<int>(pixel % static_cast<std::size_t>(constants_.columns));
    Vec3 const back_point = pixel_position(constants_.pixels, row, column - 0.5);
    Vec3 const front_point = pixel_position(constants_.pixels, row, column + 0.5);
    DepthFormula const& formula = constants_.formula[side];
    double const sign = constants_.sides.side[side] == TangentSide::leading ? 1.0 : -1.0;
    StepAccess const steps{stripe_.steps + pixel, image_size()};
    DifferenceWalk<Real, 1, StepAccess> walk(constants_.range, steps);
    double front = edge_bin(front_point, 0, formula);
    double back = edge_bin(back_point, 0, formula);
    double value = series_value(0, pixel);
    for (int k = 0; k < constants_.differences; ++k) {
      double const next_front = edge_bin(front_point, k + 1, formula);
      double const next_back = edge_bin(back_point, k + 1, formula);
      double const next_value = series_value(k + 1, pixel);
      double const difference = sign * (value - next_value);
      walk.step(&front, &back, &next_front, &next_back, &difference);
      front = next_front;
      back = next_back;
      value = next_value;
    }
    walk.finish(&front, &back);
  }

  LAUEBENCH_FUNCTION double edge_bin(Vec3 const& point, int k, DepthFormula const& formula) const {
    return constants_.bin_coordinate(edge_depth_um(point.y, point.z, stripe_.wire[k], formula));
  }

  LAUEBENCH_FUNCTION double series_value(int k, std::size_t pixel) const {
    if (constants_.cosmic_filter == CosmicFilter::off) {
      return frame_value(k, pixel);
    }
    return stripe_.filtered[static_cast<std::size_t>(k) * image_size() + pixel];
  }

  LAUEBENCH_FUNCTION void filter_series(std::size_t pixel) const {
    with_element(constants_.input_type, [=, this](auto zero) {
      auto const* const frames = static_cast<decltype(zero) const*>(stripe_.frames);
      filter_cosmic_hits<1>(frames + pixel, image_size(), constants_.images, stripe_.filtered + pixel);
    });
  }

  LAUEBENCH_FUNCTION void store(std::size_t pixel) const {
    std::size_t const image = image_size();
    Real sum = Real(0);
    for (int m = 0; m < constants_.range.depths; ++m) {
      std::size_t const index = static_cast<std::size_t>(m) * image + pixel;
      sum += stripe_.steps[index];
      store_element(stripe_.depth_images, constants_.output_type, index, static_cast<double>(sum));
    }
  }

  ResolveConstants const& constants_;
  PixelStripe<Real> const& stripe_;
};

}  // namespace lauebench::kernels
