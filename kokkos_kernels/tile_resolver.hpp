#pragma once

#include <algorithm>
#include <array>
#include <cfloat>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <type_traits>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/cosmic_filter.hpp"
#include "kokkos_kernels/edge_rows.hpp"
#include "kokkos_kernels/element_access.hpp"
#include "kokkos_kernels/lane_transpose.hpp"
#include "kokkos_kernels/lane_walk.hpp"
#include "kokkos_kernels/resolve_constants.hpp"

/// The host's loop: rows are the lanes. A tile is `Lanes` rows by `tile_columns` columns of all images; it is
/// transposed when it is read and when it is written, so that all that lies between is straight vector code.
namespace lauebench::kernels {

inline constexpr int tile_columns = 16;

/// Where the parts of a thread's tile memory lie, bytes from its start. `Real` is the type of T.
template <class Real, int Lanes>
struct TileLayout {
  std::size_t series = 0;        ///< input type [tile_columns][images][Lanes]
  std::size_t filtered = 0;      ///< double [images][Lanes], with the cosmic filter
  std::size_t edges = 0;         ///< double [side][2][images][Lanes], bin coordinates
  std::size_t bounds = 0;        ///< Bounds [side][2][images] of the edges
  std::size_t edge_scratch = 0;  ///< double, of EdgeRows
  std::size_t steps = 0;         ///< Real [depths][Lanes], T
  std::size_t image_tile = 0;    ///< output type [depths][tile_columns][Lanes]
  std::size_t totals = 0;        ///< double [depths], sums of stored values
  std::size_t bytes = 0;

  TileLayout(int images, int depths, ElementType input, ElementType output) {
    auto const lanes_images = static_cast<std::size_t>(images) * Lanes;
    auto const lanes_depths = static_cast<std::size_t>(depths) * Lanes;
    series = reserve(lanes_images * tile_columns * size_bytes(input));
    filtered = reserve(lanes_images * sizeof(double));
    edges = reserve(4 * lanes_images * sizeof(double));
    bounds = reserve(4 * static_cast<std::size_t>(images) * sizeof(Bounds));
    edge_scratch = reserve(EdgeRows<Lanes>::scratch_doubles(static_cast<std::size_t>(images)) * sizeof(double));
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
template <class Real, int Lanes>
class TileResolver {
  static_assert(Lanes == tile_columns, "tiles are transposed as squares");

 public:
  /// `memory` has layout.bytes; its totals are set to zero here and grow with every block.
  TileResolver(ResolveConstants const& constants, WirePosition const* wire, TileLayout<Real, Lanes> const& layout,
               std::byte* memory)
      : constants_(constants),
        edge_rows_(constants, wire, reinterpret_cast<double*>(memory + layout.edge_scratch)),
        images_(static_cast<std::size_t>(constants.images)),
        series_(memory + layout.series),
        filtered_(reinterpret_cast<double*>(memory + layout.filtered)),
        edges_(reinterpret_cast<double*>(memory + layout.edges)),
        bounds_(reinterpret_cast<Bounds*>(memory + layout.bounds)),
        steps_(reinterpret_cast<Real*>(memory + layout.steps)),
        image_tile_(memory + layout.image_tile),
        totals_(reinterpret_cast<double*>(memory + layout.totals)) {
    std::fill_n(totals_, constants_.range.depths, 0.0);
  }

  /// Image rows [row, row + Lanes), as far as the stripe has them, columns [first_column, last_column). Blocks begin at
  /// multiples of Lanes in the image, not in the stripe: which rows are together, and so the last bit of a result, does
  /// not depend on how the image is cut into stripes.
  void resolve_block(Stripe const& stripe, int row, int first_column, int last_column) {
    first_lane_ = std::max(0, stripe.first_row - row);
    last_lane_ = std::min(Lanes, stripe.first_row + stripe.rows - row);
    edges_known_ = false;
    for (int column = first_column; column < last_column; column += tile_columns) {
      columns_used_ = std::min(tile_columns, last_column - column);
      with_element(constants_.input_type, [&](auto zero) { resolve_tile<decltype(zero)>(stripe, row, column); });
      with_element(constants_.output_type, [&](auto zero) { store_images<decltype(zero)>(stripe, row, column); });
    }
  }

 private:
  template <class In>
  void resolve_tile(Stripe const& stripe, int row, int column) {
    load_series<In>(stripe, row, column);
    for (int c = 0; c < columns_used_; ++c) {
      bool const is_lit = resolve_column<In>(row, column + c, c);
      with_element(constants_.output_type, [&](auto zero) {
        using Out = decltype(zero);
        is_lit ? store_column<Out>(c) : store_empty_column<Out>(c);
      });
    }
  }

  template <class In>
  [[nodiscard]] In* series_of(int tile_column) const {
    return reinterpret_cast<In*>(series_) + static_cast<std::size_t>(tile_column) * images_ * Lanes;
  }

  // front and back change places from column to column: the front edge of one pixel is the back edge of the next
  [[nodiscard]] LaneEdge edge(int side, int which, int k) const {
    auto const index = static_cast<std::size_t>(2 * side + which) * images_ + static_cast<std::size_t>(k);
    return {edges_ + index * Lanes, bounds_[index]};
  }

  /// Row of the stripe that the first lane in use takes.
  [[nodiscard]] std::size_t first_line(Stripe const& stripe, int row) const {
    return static_cast<std::size_t>(row + first_lane_ - stripe.first_row);
  }

  [[nodiscard]] bool is_whole_tile() const {
    return last_lane_ - first_lane_ == Lanes && columns_used_ == tile_columns;
  }

  /// Lanes that the stripe lacks stay dark.
  template <class In>
  void load_series(Stripe const& stripe, int row, int column) {
    auto const width = static_cast<std::size_t>(constants_.columns);
    std::size_t const image = stripe.frame_pitch() * width;
    In const* frame =
        static_cast<In const*>(stripe.frames) + first_line(stripe, row) * width + static_cast<std::size_t>(column);
    In* series = series_of<In>(0);
    std::array<In, static_cast<std::size_t>(Lanes * tile_columns)> padded{};
    for (std::size_t k = 0; k < images_; ++k, frame += image, series += Lanes) {
      if (is_whole_tile()) {
        transpose_square<tile_columns>(frame, width, series, images_ * Lanes);
        continue;
      }
      for (int lane = first_lane_; lane < last_lane_; ++lane) {
        std::copy_n(frame + static_cast<std::size_t>(lane - first_lane_) * width, columns_used_,
                    padded.data() + lane * tile_columns);
      }
      transpose_square<tile_columns>(padded.data(), tile_columns, series, images_ * Lanes);
    }
  }

  /// Leaves T in steps_; false where all lanes are dark.
  template <class In>
  [[nodiscard]] bool resolve_column(int row, int column, int tile_column) {
    In const* const series = series_of<In>(tile_column);
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
      return false;
    }
    std::fill_n(steps_, static_cast<std::size_t>(constants_.range.depths) * Lanes, Real(0));
    for (int side = 0; side < constants_.sides.count; ++side) {
      prepare_edges(side, row, column);
    }
    if (constants_.cosmic_filter == CosmicFilter::on) {
      filter_cosmic_hits<Lanes>(series, Lanes, constants_.images, filtered_, Lanes);
      walk_sides(static_cast<double const*>(filtered_), bright);
    } else {
      walk_sides(series, bright);
    }
    edges_known_ = true;
    front_is_ = 1 - front_is_;
    return true;
  }

  void prepare_edges(int side, int row, int column) {
    if (!edges_known_) {
      compute_edge(side, 1 - front_is_, row, column - 0.5);
    }
    compute_edge(side, front_is_, row, column + 0.5);
  }

  void compute_edge(int side, int which, int row, double column) {
    auto const first = static_cast<std::size_t>(2 * side + which) * images_;
    edge_rows_.compute(constants_.formula[side], row, column, {edges_ + first * Lanes, bounds_ + first});
  }

  template <class Sample>
  void walk_sides(Sample const* series, std::array<double, Lanes> const& bright) {
    for (int side = 0; side < constants_.sides.count; ++side) {
      std::array<double, Lanes> scale;
      double const sign = constants_.sides.side[side] == TangentSide::leading ? 1.0 : -1.0;
      for (std::size_t lane = 0; lane < Lanes; ++lane) {
        scale[lane] = sign * bright[lane];
      }
      walk_differences(side, series, scale);
    }
  }

  template <class Sample>
  void walk_differences(int side, Sample const* __restrict series, std::array<double, Lanes> const& scale) {
    LaneWalk<Real, Lanes> walk(constants_.range, {steps_});
    LaneEdge front = edge(side, front_is_, 0);
    LaneEdge back = edge(side, 1 - front_is_, 0);
    for (int k = 0; k < constants_.differences; ++k, series += Lanes) {
      LaneEdge const next_front = edge(side, front_is_, k + 1);
      LaneEdge const next_back = edge(side, 1 - front_is_, k + 1);
      double difference[Lanes];
      for (int lane = 0; lane < Lanes; ++lane) {
        difference[lane] =
            finite_or_zero<Sample>(scale[static_cast<std::size_t>(lane)] *
                                   (static_cast<double>(series[lane]) - static_cast<double>(series[lane + Lanes])));
      }
      walk.step(front, back, next_front, next_back, difference);
      front = next_front;
      back = next_back;
    }
    walk.finish(front, back);
  }

  // a pixel that is not a number in one image would spoil all its depths
  template <class Sample>
  static double finite_or_zero(double difference) {
    if constexpr (std::numeric_limits<Sample>::is_integer) {
      return difference;
    }
    return ((difference <= DBL_MAX) & (difference >= -DBL_MAX)) ? difference : 0.0;
  }

  // T is summed to A and converted
  template <class Out>
  void store_column(int tile_column) {
    Out* __restrict line = reinterpret_cast<Out*>(image_tile_) + tile_column * Lanes;
    Real const* __restrict step = steps_;
    Real sum[Lanes]{};
    for (int m = 0; m < constants_.range.depths; ++m, step += Lanes, line += Lanes * tile_columns) {
      for (int lane = 0; lane < Lanes; ++lane) {
        sum[lane] += step[lane];
        line[lane] = to_element<Out>(static_cast<double>(sum[lane]));
      }
    }
  }

  template <class Out>
  void store_empty_column(int tile_column) {
    Out* line = reinterpret_cast<Out*>(image_tile_) + tile_column * Lanes;
    for (int m = 0; m < constants_.range.depths; ++m, line += Lanes * tile_columns) {
      std::fill_n(line, Lanes, Out(0));
    }
  }

  template <class Out>
  void store_images(Stripe const& stripe, int row, int column) {
    auto const width = static_cast<std::size_t>(constants_.columns);
    auto const image = static_cast<std::size_t>(stripe.rows) * width;
    auto const* tile = reinterpret_cast<Out const*>(image_tile_);
    Out* corner = static_cast<Out*>(stripe.images) + first_line(stripe, row) * width + static_cast<std::size_t>(column);
    std::array<Out, static_cast<std::size_t>(Lanes * tile_columns)> padded;
    for (int m = 0; m < constants_.range.depths; ++m, corner += image, tile += Lanes * tile_columns) {
      totals_[m] += sum_of_tile(tile);
      if (is_whole_tile()) {
        transpose_square<tile_columns>(tile, Lanes, corner, width);
        continue;
      }
      transpose_square<tile_columns>(tile, Lanes, padded.data(), tile_columns);
      for (int lane = first_lane_; lane < last_lane_; ++lane) {
        std::copy_n(padded.data() + lane * tile_columns, columns_used_,
                    corner + static_cast<std::size_t>(lane - first_lane_) * width);
      }
    }
  }

  /// Of the columns in use; lanes that the stripe lacks are 0.
  template <class Out>
  double sum_of_tile(Out const* tile) const {
    using Sum = std::conditional_t<std::numeric_limits<Out>::is_integer, std::int64_t, double>;
    Sum sums[Lanes]{};
    for (int c = 0; c < columns_used_; ++c, tile += Lanes) {
      for (int lane = 0; lane < Lanes; ++lane) {
        sums[lane] += static_cast<Sum>(tile[lane]);
      }
    }
    return static_cast<double>(std::reduce(std::begin(sums), std::end(sums)));
  }

  ResolveConstants const& constants_;
  EdgeRows<Lanes> edge_rows_;
  std::size_t images_;
  std::byte* series_;
  double* filtered_;
  double* edges_;
  Bounds* bounds_;
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
