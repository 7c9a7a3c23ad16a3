#pragma once

// Lets Kokkos older than 4.7 build, unmodified, against CUDA 13. That toolkit changed the signatures of three runtime
// functions; these C++ overloads accept the earlier ones and forward to the new. The build force-includes this header
// in front of Kokkos and of every source of the CUDA module, and nowhere else: what links with it is compiled with it.

#include <cuda_runtime_api.h>

#if CUDART_VERSION >= 13000 && defined(__cplusplus)

#include <cstddef>

namespace lauebench_cuda13_compat {

/// The location that a bare device number meant before CUDA 13; cudaCpuDeviceId stood for the host.
inline cudaMemLocation location_of_device(int device) {
  cudaMemLocation location{};
  location.type = device == cudaCpuDeviceId ? cudaMemLocationTypeHost : cudaMemLocationTypeDevice;
  location.id = device == cudaCpuDeviceId ? 0 : device;
  return location;
}

}  // namespace lauebench_cuda13_compat

// The names below are CUDA's, hence not snake_case.
inline cudaError_t cudaMemPrefetchAsync(void const* pointer, std::size_t bytes, int device,
                                        cudaStream_t stream = nullptr) {
  unsigned int const no_flags = 0;
  return cudaMemPrefetchAsync(pointer, bytes, lauebench_cuda13_compat::location_of_device(device), no_flags, stream);
}

inline cudaError_t cudaMemAdvise(void const* pointer, std::size_t bytes, cudaMemoryAdvise advice, int device) {
  return cudaMemAdvise(pointer, bytes, advice, lauebench_cuda13_compat::location_of_device(device));
}

inline cudaError_t cudaGraphAddDependencies(cudaGraph_t graph, cudaGraphNode_t const* from, cudaGraphNode_t const* to,
                                            std::size_t count) {
  return cudaGraphAddDependencies(graph, from, to, nullptr, count);
}

#endif
