#include "kokkos_kernels/plugin_reconstructor.hpp"

#include <type_traits>
#include <utility>

#include "kokkos_kernels/pixel_reconstructor.hpp"
#if !defined(KOKKOS_ENABLE_CUDA)
#include "kokkos_kernels/tile_reconstructor.hpp"
#endif

namespace lauebench::kernels {
namespace {

std::size_t stripe_pixels(ReconstructionJob const& job, int rows) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(job.columns);
}

/// Calls `action` with the type of the reconstructor that the job takes.
template <class Action>
auto with_reconstructor(ReconstructionJob const& job, Action const& action) {
  bool const in_double = job.precision == Precision::double_precision;
#if !defined(KOKKOS_ENABLE_CUDA)
  if (job.loop != KernelLoop::pixels) {
    return in_double ? action(std::type_identity<TileReconstructor<double>>{})
                     : action(std::type_identity<TileReconstructor<float>>{});
  }
#endif
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
