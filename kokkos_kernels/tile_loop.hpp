#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include <Kokkos_Core.hpp>
#include <unistd.h>

#include "kokkos_kernels/depth_resolve.hpp"
#include "kokkos_kernels/tile_resolver.hpp"

/// The tile loop on the threads of a host execution space.
namespace lauebench::kernels {

/// Rows that the tile loop takes as vector lanes: two AVX-512 or four AVX2 registers of doubles, so that the bin search
/// of a step is paid for by 16 pixels.
inline constexpr int tile_lanes = 16;

/// Memory of the tile loop's workers, [workers][bytes of a layout].
using WorkerMemory = Kokkos::View<std::byte**, Kokkos::LayoutRight, Kokkos::HostSpace>;

/// What a worker of the tile loop reports.
struct TileReport {
  std::vector<double> depth_totals;  ///< [depths]
  int threads_counted = 0;           ///< distinct threads that ran a worker
};

/// Blocks of rows and columns that workers take one after another. Several column ranges only where there are too few
/// rows for all workers: at its first column a range has an edge to evaluate that its neighbour evaluates too.
struct BlockGrid {
  int first_block;  ///< rows / tile_lanes of the first block
  int row_blocks;
  int column_ranges;
  int columns_per_range;

  BlockGrid(Stripe const& stripe, int columns, int workers)
      : first_block(stripe.first_row / tile_lanes),
        row_blocks((stripe.first_row + stripe.rows - 1) / tile_lanes - first_block + 1),
        column_ranges(1),
        columns_per_range(columns) {
    int const wanted = 4 * workers;  // enough for dynamic balance
    int const segments = (columns + tile_columns - 1) / tile_columns;
    if (workers > 1 && row_blocks < wanted) {
      column_ranges = std::min(segments, (wanted + row_blocks - 1) / row_blocks);
    }
    int const segments_per_range = (segments + column_ranges - 1) / column_ranges;
    columns_per_range = segments_per_range * tile_columns;
    column_ranges = (segments + segments_per_range - 1) / segments_per_range;
  }

  [[nodiscard]] int size() const { return row_blocks * column_ranges; }
};

/// Resolves a stripe in host memory with `workers` threads of `space`. `memory` has a row of layout bytes for each
/// worker.
template <class ExecutionSpace, class Real>
TileReport resolve_tiles(ExecutionSpace const& space, ResolveConstants const& constants,
                         WireView<ExecutionSpace> const& wire, TileLayout<Real, tile_lanes> const& layout,
                         WorkerMemory const& memory, Stripe const& stripe) {
  int const workers = static_cast<int>(memory.extent(0));
  BlockGrid const grid(stripe, constants.columns, workers);
  Kokkos::View<int, Kokkos::HostSpace> const next_block("lauebench::depth_resolve::next_block");
  std::vector<pid_t> thread_ids(static_cast<std::size_t>(workers));
  Kokkos::RangePolicy<ExecutionSpace, Kokkos::Schedule<Kokkos::Static>> const policy(space, 0, workers,
                                                                                     Kokkos::ChunkSize(1));
  Kokkos::parallel_for("lauebench::depth_resolve::tiles", policy, [&](int worker) {
    thread_ids[static_cast<std::size_t>(worker)] = gettid();
    TileResolver<Real, tile_lanes> resolver(constants, wire.data(), layout, &memory(worker, 0));
    for (int block = Kokkos::atomic_fetch_add(next_block.data(), 1); block < grid.size() && !stripe.is_cancelled();
         block = Kokkos::atomic_fetch_add(next_block.data(), 1)) {
      int const first_column = block % grid.column_ranges * grid.columns_per_range;
      resolver.resolve_block(stripe, (grid.first_block + block / grid.column_ranges) * tile_lanes, first_column,
                             std::min(first_column + grid.columns_per_range, constants.columns));
    }
  });
  space.fence("lauebench::depth_resolve::tiles");

  TileReport report;
  report.depth_totals.assign(static_cast<std::size_t>(constants.range.depths), 0.0);
  for (int worker = 0; worker < workers; ++worker) {
    auto const* const totals = reinterpret_cast<double const*>(&memory(worker, 0) + layout.totals);
    std::transform(report.depth_totals.begin(), report.depth_totals.end(), totals, report.depth_totals.begin(),
                   std::plus{});
  }
  report.threads_counted = count_distinct(thread_ids);
  return report;
}

}  // namespace lauebench::kernels
