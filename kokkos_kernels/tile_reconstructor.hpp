#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include "kokkos_kernels/module_space.hpp"
#include "kokkos_kernels/tile_loop.hpp"

namespace lauebench::kernels {

/// Tile loop on host memory.
template <class Real>
class TileReconstructor final : public DepthReconstructor {
  using Layout = TileLayout<Real, tile_lanes>;

 public:
  TileReconstructor(ReconstructionJob const& job, Execution const& execution)
      : constants_(make_resolve_constants(job)),
        space_(execution.threads),
        wire_(copy_wire(space_, job.geometry.wire)),
        layout_(layout(job)),
        memory_(Kokkos::view_alloc(space_, Kokkos::WithoutInitializing, "lauebench::plugin::worker_memory"),
                static_cast<std::size_t>(execution.threads), layout_.bytes) {}

  static Layout layout(ReconstructionJob const& job) {
    return {static_cast<int>(job.geometry.wire.size()), job.depths.count, job.input_type, job.output_type};
  }

  StripeReport resolve(Stripe const& stripe) override {
    Kokkos::Profiling::ScopedRegion const region("lauebench::compute");
    auto const start = std::chrono::steady_clock::now();
    TileReport tiles = resolve_tiles(space_, constants_, wire_, layout_, memory_, stripe);
    StripeReport report;
    report.compute_s = seconds_since(start);
    report.depth_totals = std::move(tiles.depth_totals);
    report.threads_counted = tiles.threads_counted;
    report.workspace_bytes = memory_.span();
    return report;
  }

 private:
  ResolveConstants constants_;
  ModuleSpace space_;
  WireView<ModuleSpace> wire_;
  Layout layout_;
  WorkerMemory memory_;
};

}  // namespace lauebench::kernels
