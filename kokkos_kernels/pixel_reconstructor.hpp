#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "kokkos_kernels/module_space.hpp"

namespace lauebench::kernels {

/// Pixel loop; where the space has memory of its own, frames and images are copied.
template <class Real>
class PixelReconstructor final : public DepthReconstructor {
  using Bytes = Kokkos::View<std::byte*, ModuleSpace::memory_space>;
  using HostBytes = Kokkos::View<std::byte*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using ConstHostBytes = Kokkos::View<std::byte const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

 public:
  PixelReconstructor(ReconstructionJob const& job, Execution const& execution)
      : constants_(make_resolve_constants(job)),
        space_(make_space(execution)),
        wire_(copy_wire(space_, job.geometry.wire)) {
    if constexpr (runs_on_host) {
      threads_counted_ = count_threads(space_, execution.threads);
    }
  }

  static std::size_t workspace_bytes(ResolveConstants const& constants, std::size_t pixels) {
    auto const images = static_cast<std::size_t>(constants.images);
    auto const depths = static_cast<std::size_t>(constants.range.depths);
    std::size_t bytes = pixels * depths * sizeof(Real);
    if (constants.cosmic_filter == CosmicFilter::on) {
      bytes += pixels * images * sizeof(double);
    }
    if (!runs_on_host) {
      bytes += pixels * (images * size_bytes(constants.input_type) + depths * size_bytes(constants.output_type));
    }
    return bytes;
  }

  StripeReport resolve(Stripe const& stripe) override {
    auto const pixels = static_cast<std::size_t>(stripe.rows) * static_cast<std::size_t>(constants_.columns);
    StripeReport report;
    PixelStripe<Real> device = place(stripe, pixels, report);
    auto const start = std::chrono::steady_clock::now();
    resolve_pixels(space_, constants_, device);
    report.depth_totals = sum_depth_images(space_, constants_, stripe.rows, device.depth_images);
    report.compute_s = seconds_since(start);
    if constexpr (!runs_on_host) {
      copy_back(stripe, pixels, report);
    }
    report.threads_counted = threads_counted_;
    report.workspace_bytes = workspace_bytes(constants_, pixels);
    return report;
  }

 private:
  PixelStripe<Real> place(Stripe const& stripe, std::size_t pixels, StripeReport& report) {
    auto const images = static_cast<std::size_t>(constants_.images);
    auto const depths = static_cast<std::size_t>(constants_.range.depths);
    grow(steps_, pixels * depths * sizeof(Real), "lauebench::plugin::steps");
    if (constants_.cosmic_filter == CosmicFilter::on) {
      grow(filtered_, pixels * images * sizeof(double), "lauebench::plugin::filtered");
    }
    PixelStripe<Real> placed{stripe.first_row,
                             stripe.rows,
                             stripe.frames,
                             stripe.images,
                             reinterpret_cast<Real*>(steps_.data()),
                             reinterpret_cast<double*>(filtered_.data()),
                             wire_.data()};
    if constexpr (!runs_on_host) {
      std::size_t const frame_bytes = pixels * images * size_bytes(constants_.input_type);
      grow(frames_, frame_bytes, "lauebench::plugin::frames");
      grow(images_, pixels * depths * size_bytes(constants_.output_type), "lauebench::plugin::images");
      auto const start = std::chrono::steady_clock::now();
      Kokkos::deep_copy(space_, Kokkos::subview(frames_, std::pair<std::size_t, std::size_t>(0, frame_bytes)),
                        ConstHostBytes(static_cast<std::byte const*>(stripe.frames), frame_bytes));
      space_.fence("lauebench::plugin::copy_to_device");
      report.copy_to_device_s = seconds_since(start);
      placed.frames = frames_.data();
      placed.depth_images = images_.data();
    }
    return placed;
  }

  void copy_back(Stripe const& stripe, std::size_t pixels, StripeReport& report) {
    std::size_t const bytes =
        pixels * static_cast<std::size_t>(constants_.range.depths) * size_bytes(constants_.output_type);
    auto const start = std::chrono::steady_clock::now();
    Kokkos::deep_copy(space_, HostBytes(static_cast<std::byte*>(stripe.images), bytes),
                      Kokkos::subview(images_, std::pair<std::size_t, std::size_t>(0, bytes)));
    space_.fence("lauebench::plugin::copy_to_host");
    report.copy_to_host_s = seconds_since(start);
  }

  void grow(Bytes& memory, std::size_t bytes, std::string const& label) {
    if (memory.size() >= bytes) {
      return;
    }
    memory = Bytes();  // freed first: two of them may not fit
    memory = Bytes(Kokkos::view_alloc(space_, Kokkos::WithoutInitializing, label), bytes);
  }

  ResolveConstants constants_;
  ModuleSpace space_;
  WireView<ModuleSpace> wire_;
  int threads_counted_ = 0;  // 0 on a GPU
  Bytes steps_;
  Bytes filtered_;
  Bytes frames_;
  Bytes images_;
};

}  // namespace lauebench::kernels
