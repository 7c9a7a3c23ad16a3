#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "kokkos_kernels/module_space.hpp"
#include "kokkos_kernels/pixel_memory.hpp"

namespace lauebench::kernels {

/// Pixel loop on host memory, in place.
template <class Real>
class PixelReconstructor final : public DepthReconstructor {
  using Bytes = Kokkos::View<std::byte*, Kokkos::HostSpace>;

 public:
  PixelReconstructor(ReconstructionJob const& job, Execution const& execution)
      : constants_(make_resolve_constants(job)),
        space_(execution.threads),
        wire_(copy_wire(space_, job.geometry.wire)),
        sums_("lauebench::plugin::sums", static_cast<std::size_t>(job.depths.count)),
        threads_counted_(count_threads(space_, execution.threads)) {}

  static std::size_t workspace_bytes(ResolveConstants const& constants, std::size_t pixels) {
    return PixelMemory<Real>(constants, pixels).workspace_bytes();
  }

  StripeReport resolve(Stripe const& stripe) override {
    Kokkos::Profiling::ScopedRegion const region("lauebench::compute");
    auto const pixels = static_cast<std::size_t>(stripe.rows) * static_cast<std::size_t>(constants_.columns);
    StripeReport report;
    PixelStripe<Real> const placed = place(stripe, pixels);
    auto const start = std::chrono::steady_clock::now();
    resolve_pixels<launch_shape(0)>(space_, constants_, placed);
    sum_depth_images(space_, constants_, stripe.rows, stripe.images, OldSums::replaced, sums_.data());
    space_.fence("lauebench::plugin::pixels");
    report.compute_s = seconds_since(start);
    report.depth_totals.assign(sums_.data(), sums_.data() + sums_.size());
    report.threads_counted = threads_counted_;
    report.workspace_bytes = workspace_bytes(constants_, pixels);
    return report;
  }

 private:
  PixelStripe<Real> place(Stripe const& stripe, std::size_t pixels) {
    if (constants_.sides.count > 1) {
      grow(steps_, pixels * static_cast<std::size_t>(constants_.range.depths) * sizeof(Real),
           "lauebench::plugin::steps");
    }
    if (constants_.cosmic_filter == CosmicFilter::on) {
      grow(filtered_, pixels * static_cast<std::size_t>(constants_.images) * sizeof(double),
           "lauebench::plugin::filtered");
    }
    return {stripe.first_row,
            stripe.rows,
            stripe.frames,
            stripe.frame_pitch() * static_cast<std::size_t>(constants_.columns),
            stripe.images,
            reinterpret_cast<Real*>(steps_.data()),
            reinterpret_cast<double*>(filtered_.data()),
            wire_.data()};
  }

  void grow(Bytes& memory, std::size_t bytes, std::string const& label) {
    if (memory.size() >= bytes) {
      return;
    }
    memory = Bytes();  // freed first: two of them may not fit
    memory = Bytes(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), bytes);
  }

  ResolveConstants constants_;
  ModuleSpace space_;
  WireView<ModuleSpace> wire_;
  Kokkos::View<double*, Kokkos::HostSpace> sums_;
  int threads_counted_;
  Bytes steps_;
  Bytes filtered_;
};

}  // namespace lauebench::kernels
