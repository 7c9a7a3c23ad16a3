#include "synthetic/spot_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "synthetic/grain_model.hpp"

namespace lauebench {

namespace {

struct IndexRange {
  int first = 0;
  int count = 0;
};

/// Pixels within reach of a spot, cut off at the border of the image; none where the spot lies outside.
IndexRange within_reach(double centre, double sigma_px, int pixels) {
  double const reach = spot_reach_sigmas * sigma_px;
  int const first = std::max(0, static_cast<int>(std::ceil(centre - reach)));
  int const last = std::min(pixels - 1, static_cast<int>(std::floor(centre + reach)));
  return {first, std::max(0, last - first + 1)};
}

std::vector<double> gaussian_factors(double centre, double sigma_px, IndexRange const& range) {
  std::vector<double> factors(static_cast<std::size_t>(range.count));
  for (int index = 0; index < range.count; ++index) {
    double const deviation = (range.first + index - centre) / sigma_px;
    factors[static_cast<std::size_t>(index)] = std::exp(-0.5 * deviation * deviation);
  }
  return factors;
}

}  // namespace

SpotModel::SpotModel(ScanGeometry geometry, int rows, int columns, std::vector<GrainTruth> const& grains,
                     double background_counts)
    : geometry_(std::move(geometry)),
      leading_(make_depth_formula(geometry_.wire_radius_um, geometry_.beam, TangentSide::leading)),
      trailing_(make_depth_formula(geometry_.wire_radius_um, geometry_.beam, TangentSide::trailing)),
      rows_(rows),
      columns_(columns),
      background_counts_(background_counts) {
  spots_.reserve(grains.size());
  for (GrainTruth const& grain : grains) {
    Spot spot = cut_out(grain, rows, columns);
    if (!spot.row_factors.empty() && !spot.column_factors.empty()) {
      spots_.push_back(std::move(spot));
    }
  }
  collect_pixels();
}

SpotModel::Spot SpotModel::cut_out(GrainTruth const& grain, int rows, int columns) {
  IndexRange const row_range = within_reach(grain.row, grain.sigma_px, rows);
  IndexRange const column_range = within_reach(grain.column, grain.sigma_px, columns);
  return {grain,
          row_range.first,
          column_range.first,
          gaussian_factors(grain.row, grain.sigma_px, row_range),
          gaussian_factors(grain.column, grain.sigma_px, column_range),
          {}};
}

void SpotModel::collect_pixels() {
  auto const width = static_cast<std::size_t>(columns_);
  std::vector<bool> reached(static_cast<std::size_t>(rows_) * width);
  auto const first_of = [width](Spot const& spot, std::size_t spot_row) {
    return (static_cast<std::size_t>(spot.first_row) + spot_row) * width + static_cast<std::size_t>(spot.first_column);
  };
  for (Spot const& spot : spots_) {
    for (std::size_t row = 0; row < spot.row_factors.size(); ++row) {
      auto const first = reached.begin() + static_cast<std::ptrdiff_t>(first_of(spot, row));
      std::fill_n(first, spot.column_factors.size(), true);
    }
  }
  for (std::size_t pixel = 0; pixel < reached.size(); ++pixel) {
    if (pixel % width == 0) {
      row_begin_.push_back(pixels_.size());
    }
    if (reached[pixel]) {
      pixels_.push_back(static_cast<std::uint32_t>(pixel));
    }
  }
  row_begin_.push_back(pixels_.size());
  for (Spot& spot : spots_) {
    for (std::size_t row = 0; row < spot.row_factors.size(); ++row) {
      auto const at = std::ranges::lower_bound(pixels_, static_cast<std::uint32_t>(first_of(spot, row)));
      spot.row_index.push_back(static_cast<std::size_t>(at - pixels_.begin()));
    }
  }
}

void SpotModel::expect(std::optional<WirePosition> const& wire, std::int64_t first_row, std::int64_t rows,
                       std::span<double> expected) const {
  auto const begin = first_pixel_of_row(first_row);
  auto const end = first_pixel_of_row(first_row + rows);
  std::ranges::fill(expected.subspan(begin, end - begin), background_counts_);
  for (Spot const& spot : spots_) {
    auto const spot_rows = static_cast<std::int64_t>(spot.row_factors.size());
    auto const from = std::max<std::int64_t>(0, first_row - spot.first_row);
    auto const to = std::min<std::int64_t>(spot_rows, first_row + rows - spot.first_row);
    for (std::int64_t row = from; row < to; ++row) {
      add_spot_row(spot, static_cast<std::size_t>(row), wire, expected);
    }
  }
}

void SpotModel::add_spot_row(Spot const& spot, std::size_t spot_row, std::optional<WirePosition> const& wire,
                             std::span<double> expected) const {
  std::size_t const first = spot.row_index[spot_row];
  double const peak = spot.grain.amplitude_counts * spot.row_factors[spot_row];
  if (!wire) {
    for (std::size_t column = 0; column < spot.column_factors.size(); ++column) {
      expected[first + column] += peak * spot.column_factors[column];
    }
    return;
  }
  // The front edge (j + 1/2) of one pixel is the back edge of the next.
  Vec3 point =
      pixel_position(geometry_.pixels, spot.first_row + static_cast<double>(spot_row), spot.first_column - 0.5);
  double leading_back = edge_depth_um(point.y, point.z, *wire, leading_);
  double trailing_back = edge_depth_um(point.y, point.z, *wire, trailing_);
  for (std::size_t column = 0; column < spot.column_factors.size(); ++column) {
    point = pixel_position(geometry_.pixels, spot.first_row + static_cast<double>(spot_row),
                           spot.first_column + static_cast<double>(column) + 0.5);
    double const leading_front = edge_depth_um(point.y, point.z, *wire, leading_);
    double const trailing_front = edge_depth_um(point.y, point.z, *wire, trailing_);
    expected[first + column] += peak * spot.column_factors[column] *
                                transmitted_fraction({leading_front, leading_back}, {trailing_front, trailing_back},
                                                     spot.grain.depth_start_um, spot.grain.depth_end_um);
    leading_back = leading_front;
    trailing_back = trailing_front;
  }
}

}  // namespace lauebench
