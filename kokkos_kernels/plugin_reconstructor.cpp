#include "kokkos_kernels/plugin_reconstructor.hpp"

#include <type_traits>
#include <utility>

#include "kokkos_kernels/block_reconstructor.hpp"
#if !defined(KOKKOS_ENABLE_CUDA)
#include "kokkos_kernels/pixel_reconstructor.hpp"
#include "kokkos_kernels/tile_reconstructor.hpp"
#endif

namespace lauebench::kernels {
namespace {

/// Calls `action` with the type of the reconstructor that job and execution take.
template <class Real, class Action>
auto with_reconstructor_of([[maybe_unused]] ReconstructionJob const& job, [[maybe_unused]] Execution const& execution,
                           Action const& action) {
#if !defined(KOKKOS_ENABLE_CUDA)
  if (job.loop != KernelLoop::pixels) {
    return action(std::type_identity<TileReconstructor<Real>>{});
  }
  if (execution.device_memory_bytes == 0) {
    return action(std::type_identity<PixelReconstructor<Real>>{});
  }
#endif
  return action(std::type_identity<BlockReconstructor<ModuleStream, Real>>{});
}

template <class Action>
auto with_reconstructor(ReconstructionJob const& job, Execution const& execution, Action const& action) {
  return job.precision == Precision::double_precision ? with_reconstructor_of<double>(job, execution, action)
                                                      : with_reconstructor_of<float>(job, execution, action);
}

template <class Reconstructor>
concept ResolvesTiles = requires(ReconstructionJob const& job) { Reconstructor::layout(job); };

template <class Reconstructor>
concept ResolvesBlocks = requires(ResolveConstants const& constants) { Reconstructor::least_bytes(constants); };

}  // namespace

std::unique_ptr<DepthReconstructor> make_module_reconstructor(ReconstructionJob job, Execution const& execution) {
  return with_reconstructor(job, execution, [&](auto tag) -> std::unique_ptr<DepthReconstructor> {
    return std::make_unique<typename decltype(tag)::type>(job, execution);
  });
}

bool resolves_tiles() { return runs_on_host; }

std::uint64_t module_workspace_bytes(ReconstructionJob const& job, Execution const& execution, int rows) {
  return with_reconstructor(job, execution, [&](auto tag) -> std::uint64_t {
    using Reconstructor = typename decltype(tag)::type;
    if constexpr (ResolvesTiles<Reconstructor>) {
      return Reconstructor::layout(job).bytes * static_cast<std::uint64_t>(execution.threads);
    } else if constexpr (ResolvesBlocks<Reconstructor>) {
      return runs_on_host ? Reconstructor::device_bytes(make_resolve_constants(job), execution, rows) : 0;
    } else {
      return Reconstructor::workspace_bytes(make_resolve_constants(job),
                                            static_cast<std::size_t>(rows) * static_cast<std::size_t>(job.columns));
    }
  });
}

std::uint64_t module_least_device_bytes(ReconstructionJob const& job, Execution const& execution) {
  return with_reconstructor(job, execution, [&](auto tag) -> std::uint64_t {
    using Reconstructor = typename decltype(tag)::type;
    if constexpr (ResolvesBlocks<Reconstructor>) {
      return Reconstructor::least_bytes(make_resolve_constants(job));
    } else {
      return 0;
    }
  });
}

}  // namespace lauebench::kernels
