#pragma once

#include <cstddef>

#include "kokkos_kernels/cosmic_filter.hpp"
#include "kokkos_kernels/depth_window.hpp"
#include "kokkos_kernels/difference_walk.hpp"
#include "kokkos_kernels/element_access.hpp"
#include "kokkos_kernels/resolve_constants.hpp"

/// The device's loop: one pixel a thread, neighbouring threads take neighbouring columns, so that reads and writes of a
/// warp are contiguous, and keeps the bins in work to itself: each finished bin is written once. Only both edges, which
/// meet in all bins, take T in the device's memory, each element touched by its own thread only. No atomics.
namespace lauebench::kernels {

/// A stripe in the memory that the execution space reaches.
template <class Real>
struct PixelStripe {
  int first_row;
  int rows;
  void const* frames;       ///< [images][rows][columns], part of taller images
  std::size_t frame_pitch;  ///< elements from one image to the next in `frames`
  void* depth_images;       ///< [depths][rows][columns]
  Real* steps;              ///< T: [depths][rows][columns], only with both edges
  double* filtered;         ///< [images][rows][columns], only with the cosmic filter
  WirePosition const* wire;
};

template <class Real>
class PixelResolver {
 public:
  LAUEBENCH_FUNCTION PixelResolver(ResolveConstants const& constants, PixelStripe<Real> const& stripe)
      : constants_(constants), stripe_(stripe) {}

  /// Pixel `pixel` = row * columns + column of the stripe.
  LAUEBENCH_FUNCTION void resolve(std::size_t pixel) const {
    if (!(frame_value(0, pixel) >= constants_.cutoff)) {
      store_nothing(pixel);
      return;
    }
    if (constants_.cosmic_filter == CosmicFilter::on) {
      filter_series(pixel);
    }
    if (constants_.sides.count == 1) {
      resolve_side(pixel);
    } else {
      resolve_sides(pixel);
    }
  }

 private:
  struct StepAccess {
    Real* steps;
    std::size_t image;
    LAUEBENCH_FUNCTION Real& operator()(int m, int) const { return steps[static_cast<std::size_t>(m) * image]; }
  };

  /// Where one pixel's values go. Of values alone: what is kept by address a GPU keeps in memory.
  struct BinStore {
    void* depth_images;
    ElementType type;
    std::size_t image;
    std::size_t pixel;

    LAUEBENCH_FUNCTION void operator()(int m, Real value) const {
      store_element(depth_images, type, static_cast<std::size_t>(m) * image + pixel, static_cast<double>(value));
    }
  };

  using Window = DepthWindow<Real, BinStore>;

  struct NeverStops {
    LAUEBENCH_FUNCTION bool operator()() const { return false; }
  };

  struct StopsAfterReturn {
    Window const* window;
    LAUEBENCH_FUNCTION bool operator()() const { return window->came_back(); }
  };

  LAUEBENCH_FUNCTION void resolve_side(std::size_t pixel) const {
    Window window(WindowMode::slides, bin_store(pixel));
    walk_side(0, pixel, WindowAccess<Window, Real>{&window}, StopsAfterReturn{&window});
    if (!window.came_back()) {
      window.finish_to(constants_.range.depths);
      return;
    }
    window = Window(WindowMode::stays, bin_store(pixel));
    while (window.first() < constants_.range.depths) {
      walk_side(0, pixel, WindowAccess<Window, Real>{&window}, NeverStops{});
      int const end = window.first() + Window::width;
      window.finish_to(end < constants_.range.depths ? end : constants_.range.depths);
    }
  }

  LAUEBENCH_FUNCTION void resolve_sides(std::size_t pixel) const {
    std::size_t const image = image_size();
    for (int m = 0; m < constants_.range.depths; ++m) {
      stripe_.steps[static_cast<std::size_t>(m) * image + pixel] = Real(0);
    }
    for (int side = 0; side < constants_.sides.count; ++side) {
      walk_side(side, pixel, StepAccess{stripe_.steps + pixel, image}, NeverStops{});
    }
    BinStore const store = bin_store(pixel);
    Real sum = Real(0);
    for (int m = 0; m < constants_.range.depths; ++m) {
      sum += stripe_.steps[static_cast<std::size_t>(m) * image + pixel];
      store(m, sum);
    }
  }

  LAUEBENCH_FUNCTION std::size_t image_size() const {
    return static_cast<std::size_t>(stripe_.rows) * static_cast<std::size_t>(constants_.columns);
  }

  LAUEBENCH_FUNCTION double frame_value(int k, std::size_t pixel) const {
    return load_element(stripe_.frames, constants_.input_type,
                        static_cast<std::size_t>(k) * stripe_.frame_pitch + pixel);
  }

  template <class Accumulator, class Stop>
  LAUEBENCH_FUNCTION void walk_side(int side, std::size_t pixel, Accumulator const& steps, Stop const& stop) const {
    int const row = stripe_.first_row + static_cast<int>(pixel / static_cast<std::size_t>(constants_.columns));
    int const column = static_cast<int>(pixel % static_cast<std::size_t>(constants_.columns));
    Vec3 const back_point = pixel_position(constants_.pixels, row, column - 0.5);
    Vec3 const front_point = pixel_position(constants_.pixels, row, column + 0.5);
    DepthFormula const& formula = constants_.formula[side];
    double const sign = constants_.sides.side[side] == TangentSide::leading ? 1.0 : -1.0;
    DifferenceWalk<Real, 1, Accumulator> walk(constants_.range, steps);
    double front = edge_bin(front_point, 0, formula);
    double back = edge_bin(back_point, 0, formula);
    double value = series_value(0, pixel);
    for (int k = 0; k < constants_.differences && !stop(); ++k) {
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
      filter_cosmic_hits<1>(frames + pixel, stripe_.frame_pitch, constants_.images, stripe_.filtered + pixel,
                            image_size());
    });
  }

  LAUEBENCH_FUNCTION BinStore bin_store(std::size_t pixel) const {
    return {stripe_.depth_images, constants_.output_type, image_size(), pixel};
  }

  LAUEBENCH_FUNCTION void store_nothing(std::size_t pixel) const {
    BinStore const store = bin_store(pixel);
    for (int m = 0; m < constants_.range.depths; ++m) {
      store(m, Real(0));
    }
  }

  ResolveConstants const& constants_;
  PixelStripe<Real> const& stripe_;
};

}  // namespace lauebench::kernels
