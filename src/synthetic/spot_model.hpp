#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "io/scan_truth.hpp"
#include "kokkos_kernels/types.hpp"
#include "kokkos_kernels/wire_geometry.hpp"
#include "synthetic/shadow.hpp"

namespace lauebench {

/// Expected counts of a scan's pixels: constant background plus Gaussian spots, each dimmed by the wire's shadow. Only
/// pixels that a spot reaches are kept and computed. Safe for many threads at once.
class SpotModel {
 public:
  /// `geometry.wire` may hold the positions of any number of images.
  SpotModel(ScanGeometry geometry, int rows, int columns, std::vector<GrainTruth> const& grains,
            double background_counts);

  /// Pixels (row * columns + column) that a spot reaches, ascending.
  [[nodiscard]] std::span<std::uint32_t const> pixels() const { return pixels_; }

  /// Index into `pixels` of the first one in `row` or a later row; row may be the number of rows.
  [[nodiscard]] std::size_t first_pixel_of_row(std::int64_t row) const {
    return row_begin_[static_cast<std::size_t>(row)];
  }

  /// Expected counts of the pixels of rows [first_row, first_row + rows), written to `expected` at the pixels' own
  /// indices; the rest of `expected`, which has one element per pixel, is left alone. Without a wire position nothing
  /// is shaded.
  void expect(std::optional<WirePosition> const& wire, std::int64_t first_row, std::int64_t rows,
              std::span<double> expected) const;

 private:
  /// A spot cut out of the image; its Gaussian is the product of one factor per row and one per column.
  struct Spot {
    GrainTruth grain;
    int first_row = 0;
    int first_column = 0;
    std::vector<double> row_factors;
    std::vector<double> column_factors;
    std::vector<std::size_t> row_index;  ///< of the first pixel of each row in `pixels_`; the others of the row follow
  };

  static Spot cut_out(GrainTruth const& grain, int rows, int columns);
  void collect_pixels();
  void add_spot_row(Spot const& spot, std::size_t spot_row, std::optional<WirePosition> const& wire,
                    std::span<double> expected) const;

  ScanGeometry geometry_;
  DepthFormula leading_;
  DepthFormula trailing_;
  int rows_;
  int columns_;
  double background_counts_;
  std::vector<Spot> spots_;
  std::vector<std::uint32_t> pixels_;
  std::vector<std::size_t> row_begin_;
};

}  // namespace lauebench
