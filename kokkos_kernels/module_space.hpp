#pragma once

#include <chrono>
#include <vector>

#include <Kokkos_Core.hpp>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/depth_resolve.hpp"

/// The execution space of the module that is being built.
namespace lauebench::kernels {

#if defined(KOKKOS_ENABLE_CUDA)
using ModuleSpace = Kokkos::Cuda;
#else
using ModuleSpace = Kokkos::OpenMP;
#endif

inline constexpr bool runs_on_host =
    Kokkos::SpaceAccessibility<Kokkos::HostSpace, ModuleSpace::memory_space>::accessible;

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline ModuleSpace make_space([[maybe_unused]] Execution const& execution) {
#if defined(KOKKOS_ENABLE_CUDA)
  return {};
#else
  return ModuleSpace(execution.threads);
#endif
}

inline WireView<ModuleSpace> copy_wire(ModuleSpace const& space, std::vector<WirePosition> const& positions) {
  using OnHost = Kokkos::View<WirePosition const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  WireView<ModuleSpace> wire(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "lauebench::plugin::wire"),
                             positions.size());
  Kokkos::deep_copy(space, wire, OnHost(positions.data(), positions.size()));
  space.fence("lauebench::plugin::wire");
  return wire;
}

}  // namespace lauebench::kernels
