#include "kokkos_kernels/plugin_reconstructor.hpp"

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>

#include "kokkos_kernels/depth_resolve.hpp"

namespace lauebench::kernels {
namespace {

#if defined(KOKKOS_ENABLE_CUDA)
using ModuleSpace = Kokkos::Cuda;
#else
using ModuleSpace = Kokkos::OpenMP;
#endif

constexpr bool runs_on_host = Kokkos::SpaceAccessibility<Kokkos::HostSpace, ModuleSpace::memory_space>::accessible;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

ModuleSpace make_space([[maybe_unused]] Execution const& execution) {
#if defined(KOKKOS_ENABLE_CUDA)
  return {};
#else
  return ModuleSpace(execution.threads);
#endif
}

WireView<ModuleSpace> copy_wire(ModuleSpace const& space, std::vector<WirePosition> const& positions) {
  using OnHost = Kokkos::View<WirePosition const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  WireView<ModuleSpace> wire(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "lauebench::plugin::wire"),
                             positions.size());
  Kokkos::deep_copy(space, wire, OnHost(positions.data(), positions.size()));
  space.fence("lauebench::plugin::wire");
  return wire;
}

std::size_t stripe_pixels(ReconstructionJob const& job, int rows) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(job.columns);
}

/// Frames of 8 and 16 bit integers and float32 are exact in a float.
bool fits_float(ElementType type) { return type != ElementType::int32 && type != ElementType::float64; }

bool uses_tiles(ReconstructionJob const& job) { return runs_on_host && job.loop != KernelLoop::pixels; }

/// Tile loop on host memory.
template <class Sample, class Real>
class TileReconstructor final : public DepthReconstructor {
  using Layout = TileLayout<Sample, Real, tile_lanes>;

 public:
  TileReconstructor(ReconstructionJob const& job, Execution const& execution)
      : constants_(make_resolve_constants(job)),
        space_(make_space(execution)),
        wire_(copy_wire(space_, job.geometry.wire)),
        layout_(layout(job)),
        memory_(Kokkos::view_alloc(space_, Kokkos::WithoutInitializing, "lauebench::plugin::worker_memory"),
                static_cast<std::size_t>(execution.threads), layout_.bytes) {}

  static Layout layout(ReconstructionJob const& job) {
    return {static_cast<int>(job.geometry.wire.size()), job.depths.count, job.output_type};
  }

  StripeReport resolve(Stripe const& stripe) override {
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

template <class Sample, class Real>
using TileTag = std::type_identity<TileReconstructor<Sample, Real>>;

/// Calls `action` with the type of the reconstructor that the job takes.
template <class Action>
auto with_reconstructor(ReconstructionJob const& job, Action const& action) {
  bool const in_double = job.precision == Precision::double_precision;
  if constexpr (runs_on_host) {
    if (uses_tiles(job)) {
      if (fits_float(job.input_type)) {
        return in_double ? action(TileTag<float, double>{}) : action(TileTag<float, float>{});
      }
      return in_double ? action(TileTag<double, double>{}) : action(TileTag<double, float>{});
    }
  }
  return in_double ? action(std::type_identity<PixelReconstructor<double>>{})
                   : action(std::type_identity<PixelReconstructor<float>>{});
}

template <class Reconstructor>
concept ResolvesTiles = requires(ReconstructionJob const& job) { Reconstructor::layout(job); };

}  // namespace

std::unique_ptr<DepthReconstructor> make_module_reconstructor(ReconstructionJob job, Execution const& execution) {
  return with_reconstructor(job, [&](auto tag) -> std::unique_ptr<DepthReconstructor> {
    return std::make_unique<typename decltype(tag)::type>(job, execution);
  });
}

bool resolves_tiles() { return runs_on_host; }

std::uint64_t module_workspace_bytes(ReconstructionJob const& job, Execution const& execution, int rows) {
  return with_reconstructor(job, [&](auto tag) -> std::uint64_t {
    using Reconstructor = typename decltype(tag)::type;
    if constexpr (ResolvesTiles<Reconstructor>) {
      return Reconstructor::layout(job).bytes * static_cast<std::uint64_t>(execution.threads);
    } else {
      return Reconstructor::workspace_bytes(make_resolve_constants(job), stripe_pixels(job, rows));
    }
  });
}

}  // namespace lauebench::kernels
