#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/cosmic_filter.hpp"
#include "kokkos_kernels/difference_walk.hpp"
#include "kokkos_kernels/element_access.hpp"
#include "kokkos_kernels/resolve_constants.hpp"

/// The host's loop: rows are the lanes. A tile is `Lanes` rows by `tile_columns` columns of all images; it is
/// transposed when it is read and when it is written, so that all that lies between is straight vector code.
namespace lauebench::kernels {

inline constexpr int tile_columns = 16;

/// Where the parts of a thread's tile memory lie, bytes from its start. `Sample` is the type of a series, `Real` that
/// of T.
template <class Sample, class Real, int Lanes>
struct TileLayout {
  std::size_t series = 0;      ///< Sample [tile_columns][images][Lanes]
  std::size_t edges = 0;       ///< double [side][2][images][Lanes], bin coordinates
  std::size_t steps = 0;       ///< Real [depths][Lanes], T
  std::size_t image_tile = 0;  ///< output type [depths][Lanes][tile_columns]
  std::size_t totals = 0;      ///< double [depths], sums of stored values
  std::size_t bytes = 0;

  TileLayout(int images, int depths, ElementType output) {
    auto const lanes_images = static_cast<std::size_t>(images) * Lanes;
    auto const lanes_depths = static_cast<std::size_t>(depths) * Lanes;
    series = reserve(lanes_images * tile_columns * sizeof(Sample));
    edges = reserve(4 * lanes_images * sizeof(double));
    steps = reserve(lanes_depths * sizeof(Real));
    image_tile = reserve(lanes_depths * tile_columns * size_bytes(output));
    totals = reserve(static_cast<std::size_t>(depths) * sizeof(double));
  }

 private:
  std::size_t reserve(std::size_t wanted) {
    constexpr std::size_t cache_line = 64;
    std::size_t const offset = bytes;
    bytes += (wanted + cache_line - 1) / cache_line * cache_line;
    return offset;
  }
};

/// Resolves blocks of `Lanes` rows by a range of columns, one at a time, in a thread's own memory.
template <class Sample, class Real, int Lanes>
class TileResolver {
 public:
  /// `memory` has layout.bytes; its totals are set to zero here and grow with every block.
  TileResolver(ResolveConstants const& constants, WirePosition const* wire,
               TileLayout<Sample, Real, Lanes> const& layout, std::byte* memory)
      : constants_(constants),
        wire_(wire),
        series_(reinterpret_cast<Sample*>(memory + layout.series)),
        edges_(reinterpret_cast<double*>(memory + layout.edges)),
        steps_(reinterpret_cast<Real*>(memory + layout.steps)),
        image_tile_(memory + layout.image_tile),
        totals_(reinterpret_cast<double*>(memory + layout.totals)) {
    std::fill_n(totals_, constants_.range.depths, 0.0);
  }

  [[nodiscard]] double const* totals() const { return totals_; }

  /// Image rows [row, row + Lanes), as far as the stripe has them, columns [first_column, last_column). Blocks begin at
  /// multiples of Lanes in the image, not in the stripe: which rows are together, and so the last bit of a result, does
  /// not depend on how the image is cut into stripes.
  void resolve_block(Stripe const& stripe, int row, int first_column, int last_column) {
    first_lane_ = std::max(0, stripe.first_row - row);
    last_lane_ = std::min(Lanes, stripe.first_row + stripe.rows - row);
    edges_known_ = false;
    for (int column = first_column; column < last_column; column += tile_columns) {
      columns_used_ = std::min(tile_columns, last_column - column);
      load_series(stripe, row, column);
      for (int c = 0; c < columns_used_; ++c) {
        resolve_column(row, column + c, c);
      }
      store_images(stripe, row, column);
    }
  }

 private:
  struct StepAccess {
    Real* steps;
    Real& operator()(int m, int lane) const { return steps[m * Lanes + lane]; }
  };

  [[nodiscard]] Sample* series_of(int tile_column) const {
    return series_ + static_cast<std::size_t>(tile_column) * static_cast<std::size_t>(constants_.images) * Lanes;
  }

  // front and back change places from column to column: the front edge of one pixel is the back edge of the next
  [[nodiscard]] double* edge_depths(int side, int which) const {
    return edges_ + static_cast<std::size_t>(2 * side + which) * static_cast<std::size_t>(constants_.images) * Lanes;
  }

  void load_series(Stripe const& stripe, int row, int column) {
    with_element(constants_.input_type, [&](auto zero) {
      using In = decltype(zero);
      auto const* const frames = static_cast<In const*>(stripe.frames);
      auto const width = static_cast<std::size_t>(constants_.columns);
      for (int k = 0; k < constants_.images; ++k) {
        auto const line = static_cast<std::size_t>(k) * static_cast<std::size_t>(stripe.rows) + first_line(stripe, row);
        transpose_in(frames + line * width + static_cast<std::size_t>(column), width, k);
      }
    });
  }

  /// Row of the stripe that the first lane in use takes.
  [[nodiscard]] std::size_t first_line(Stripe const& stripe, int row) const {
    return static_cast<std::size_t>(row + first_lane_ - stripe.first_row);
  }

  /// `frame` is at the first lane in use. Lanes that the stripe lacks stay dark.
  template <class In>
  void transpose_in(In const* frame, std::size_t width, int k) {
    auto const series_length = static_cast<std::size_t>(constants_.images) * Lanes;
    Sample* const destination = series_ + static_cast<std::size_t>(k) * Lanes;
    if (last_lane_ - first_lane_ == Lanes && columns_used_ == tile_columns) {
      for (std::size_t c = 0; c < tile_columns; ++c) {
        for (std::size_t lane = 0; lane < Lanes; ++lane) {
          destination[c * series_length + lane] = static_cast<Sample>(frame[lane * width + c]);
        }
      }
      return;
    }
    auto const first = static_cast<std::size_t>(first_lane_);
    auto const last = static_cast<std::size_t>(last_lane_);
    for (std::size_t c = 0; c < static_cast<std::size_t>(columns_used_); ++c) {
      std::fill_n(destination + c * series_length, Lanes, Sample(0));
      for (std::size_t lane = first; lane < last; ++lane) {
        destination[c * series_length + lane] = static_cast<Sample>(frame[(lane - first) * width + c]);
      }
    }
  }

  void resolve_column(int row, int column, int tile_column) {
    Sample* const series = series_of(tile_column);
    std::array<double, Lanes> bright{};
    int any_bright = 0;
    for (int lane = 0; lane < Lanes; ++lane) {
      bool const counts =
          static_cast<double>(series[lane]) >= constants_.cutoff && lane >= first_lane_ && lane < last_lane_;
      bright[static_cast<std::size_t>(lane)] = counts ? 1.0 : 0.0;
      any_bright |= static_cast<int>(counts);
    }
    if (any_bright == 0) {
      edges_known_ = false;
      store_empty_column(tile_column);
      return;
    }
    if (constants_.cosmic_filter == CosmicFilter::on) {
      for (int lane = first_lane_; lane < last_lane_; ++lane) {
        filter_cosmic_hits(series + lane, Lanes, constants_.images - 1);
      }
    }
    std::fill_n(steps_, static_cast<std::size_t>(constants_.range.depths) * Lanes, Real(0));
    for (int side = 0; side < constants_.sides.count; ++side) {
      prepare_edges(side, row, column);
      walk_differences(side, series, bright);
    }
    edges_known_ = true;
    front_is_ = 1 - front_is_;
    store_column(tile_column);
  }

  void prepare_edges(int side, int row, int column) {
    if (!edges_known_) {
      compute_edge(side, 1 - front_is_, row, column - 0.5);
    }
    compute_edge(side, front_is_, row, column + 0.5);
  }

  void compute_edge(int side, int which, int row, double column) {
    std::array<double, Lanes> y{};
    std::array<double, Lanes> z{};
    for (int lane = 0; lane < Lanes; ++lane) {
      Vec3 const point = pixel_position(constants_.pixels, row + lane, column);
      y[static_cast<std::size_t>(lane)] = point.y;
      z[static_cast<std::size_t>(lane)] = point.z;
    }
    double* depths = edge_depths(side, which);
    DepthFormula const formula = constants_.formula[side];
    for (int k = 0; k < constants_.images; ++k, depths += Lanes) {
      WirePosition const wire = wire_[k];
      for (int lane = 0; lane < Lanes; ++lane) {
        auto const l = static_cast<std::size_t>(lane);
        depths[lane] = constants_.bin_coordinate(edge_depth_um(y[l], z[l], wire, formula));
      }
    }
  }

  void walk_differences(int side, Sample const* series, std::array<double, Lanes> const& bright) {
    double const sign = constants_.sides.side[side] == TangentSide::leading ? 1.0 : -1.0;
    double const* front = edge_depths(side, front_is_);
    double const* back = edge_depths(side, 1 - front_is_);
    StepAccess const steps{steps_};
    DifferenceWalk<Real, Lanes, StepAccess> walk(constants_.range, steps);
    for (int k = 0; k < constants_.differences; ++k, series += Lanes, front += Lanes, back += Lanes) {
      std::array<double, Lanes> difference;
      for (int lane = 0; lane < Lanes; ++lane) {
        double const change = static_cast<double>(series[lane]) - static_cast<double>(series[lane + Lanes]);
        auto const l = static_cast<std::size_t>(lane);
        difference[l] = bright[l] != 0.0 ? sign * change : 0.0;
      }
      walk.step(front, back, front + Lanes, back + Lanes, difference.data());
    }
    walk.finish(front, back);
  }

  // T is summed to A, converted and transposed
  void store_column(int tile_column) {
    with_element(constants_.output_type, [&](auto zero) {
      using Out = decltype(zero);
      auto* const tile = reinterpret_cast<Out*>(image_tile_) + tile_column;
      std::array<Real, Lanes> sum{};
      for (int m = 0; m < constants_.range.depths; ++m) {
        Out* const line = tile + static_cast<std::size_t>(m) * Lanes * tile_columns;
        std::array<Out, Lanes> stored;
        for (int lane = 0; lane < Lanes; ++lane) {
          auto const l = static_cast<std::size_t>(lane);
          sum[l] += steps_[static_cast<std::size_t>(m) * Lanes + l];
          stored[l] = to_element<Out>(static_cast<double>(sum[l]));
        }
        double total = 0.0;
        for (int lane = 0; lane < Lanes; ++lane) {
          auto const l = static_cast<std::size_t>(lane);
          line[l * tile_columns] = stored[l];
          total += static_cast<double>(stored[l]);
        }
        totals_[m] += total;
      }
    });
  }

  void store_empty_column(int tile_column) {
    with_element(constants_.output_type, [&](auto zero) {
      using Out = decltype(zero);
      auto* const tile = reinterpret_cast<Out*>(image_tile_) + tile_column;
      int const lines = constants_.range.depths * Lanes;
      for (int line = 0; line < lines; ++line) {
        tile[static_cast<std::size_t>(line) * tile_columns] = Out(0);
      }
    });
  }

  void store_images(Stripe const& stripe, int row, int column) {
    with_element(constants_.output_type, [&](auto zero) {
      using Out = decltype(zero);
      auto const* tile = reinterpret_cast<Out const*>(image_tile_);
      auto const width = static_cast<std::size_t>(constants_.columns);
      auto const image = static_cast<std::size_t>(stripe.rows) * width;
      Out* const corner =
          static_cast<Out*>(stripe.images) + first_line(stripe, row) * width + static_cast<std::size_t>(column);
      for (int m = 0; m < constants_.range.depths; ++m) {
        Out* place = corner + static_cast<std::size_t>(m) * image;
        for (int lane = first_lane_; lane < last_lane_; ++lane, place += width) {
          auto const line = static_cast<std::size_t>(m) * Lanes + static_cast<std::size_t>(lane);
          std::copy_n(tile + line * tile_columns, columns_used_, place);
        }
      }
    });
  }

  ResolveConstants const& constants_;
  WirePosition const* wire_;
  Sample* series_;
  double* edges_;
  Real* steps_;
  std::byte* image_tile_;
  double* totals_;
  int first_lane_ = 0;  // lanes that the stripe has: [first_lane_, last_lane_)
  int last_lane_ = Lanes;
  int columns_used_ = tile_columns;
  int front_is_ = 0;
  bool edges_known_ = false;  // of the back edge of the next column
};

}  // namespace lauebench::kernels
