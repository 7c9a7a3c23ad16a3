#pragma once

#include <span>
#include <string_view>

#include "kokkos_kernels/bench/benchmark.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench::kernel_bench {

/// What makes a kernel benchmark another one than the ordinary case.
struct KernelCase {
  WireEdge wire_edge = WireEdge::leading;
  AreaRule area_rule = AreaRule::peer;
  CosmicFilter cosmic_filter = CosmicFilter::off;
  int binning = 1;  ///< pixels of the main detector put together in each direction
};

/// A whole scan as one stripe, resident where the module wants it, on every module and in both precisions.
[[nodiscard]] Benchmark kernel_benchmark(std::string_view id, std::string_view task, KernelCase const& kernel_case);

/// Errors of `values` against `reference`, of the same size.
[[nodiscard]] Accuracy compare(std::span<double const> values, std::span<double const> reference);

}  // namespace lauebench::kernel_bench
