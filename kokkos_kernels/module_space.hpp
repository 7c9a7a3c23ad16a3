#pragma once

#include <chrono>
#include <vector>

#include <Kokkos_Core.hpp>
#include <Kokkos_Profiling_ScopedRegion.hpp>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/depth_resolve.hpp"
#if defined(KOKKOS_ENABLE_CUDA)
#include "kokkos_kernels/cuda_stream.hpp"
#else
#include "kokkos_kernels/host_stream.hpp"
#endif

/// The execution space of the module that is being built.
namespace lauebench::kernels {

#if defined(KOKKOS_ENABLE_CUDA)
using ModuleStream = CudaStream;
#else
using ModuleStream = HostStream;
#endif
using ModuleSpace = ModuleStream::Space;

inline constexpr bool runs_on_host =
    Kokkos::SpaceAccessibility<Kokkos::HostSpace, ModuleSpace::memory_space>::accessible;

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <class ExecutionSpace>
WireView<ExecutionSpace> copy_wire(ExecutionSpace const& space, std::vector<WirePosition> const& positions) {
  using OnHost = Kokkos::View<WirePosition const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  WireView<ExecutionSpace> wire(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "lauebench::plugin::wire"),
                                positions.size());
  Kokkos::deep_copy(space, wire, OnHost(positions.data(), positions.size()));
  space.fence("lauebench::plugin::wire");
  return wire;
}

}  // namespace lauebench::kernels
