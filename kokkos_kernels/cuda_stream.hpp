#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <Kokkos_Core.hpp>
#include <cuda_runtime.h>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/image_rows.hpp"

namespace lauebench::kernels {

/// Throws for a call that failed, named by `what`: std::bad_alloc where memory is short, else std::runtime_error.
inline void require_cuda(cudaError_t status, char const* what) {
  if (status == cudaSuccess) {
    return;
  }
  static_cast<void>(cudaGetLastError());  // the next call is not to find this one's problem
  if (status == cudaErrorMemoryAllocation) {
    throw std::bad_alloc();
  }
  throw std::runtime_error(std::string("the GPU failed: ") + what + ": " + cudaGetErrorString(status));
}

/// A stream of a GPU: what is sent to it is done in order, and overlaps with what other streams do.
class CudaStream {
  struct DestroyStream {
    void operator()(cudaStream_t stream) const { static_cast<void>(cudaStreamDestroy(stream)); }
  };
  struct DestroyEvent {
    void operator()(cudaEvent_t event) const { static_cast<void>(cudaEventDestroy(event)); }
  };
  using OwnedStream = std::unique_ptr<std::remove_pointer_t<cudaStream_t>, DestroyStream>;

 public:
  using Space = Kokkos::Cuda;
  /// An event that was recorded.
  using Mark = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, DestroyEvent>;

  static constexpr int compute_capability = LAUEBENCH_COMPUTE_CAPABILITY;
  static constexpr std::uint64_t allocation_unit = std::uint64_t{2} << 20U;  // pages of a GPU's memory

  explicit CudaStream(Execution const& /*execution*/) : stream_(make_stream()), space_(stream_.get()) {}

  [[nodiscard]] static std::uint64_t free_bytes() {
    std::size_t free = 0;
    std::size_t total = 0;
    require_cuda(cudaMemGetInfo(&free, &total), "asking for its free memory");
    return free;
  }

  [[nodiscard]] Space const& space() const { return space_; }

  void copy_to_device(std::byte* device, ImageRows<std::byte const> const& host) const {
    require_cuda(cudaMemcpy2DAsync(device, host.bytes, host.first, host.pitch, host.bytes, host.images,
                                   cudaMemcpyHostToDevice, stream_.get()),
                 "copying images to it");
  }

  void copy_to_host(ImageRows<std::byte> const& host, std::byte const* device) const {
    require_cuda(cudaMemcpy2DAsync(host.first, host.pitch, device, host.bytes, host.bytes, host.images,
                                   cudaMemcpyDeviceToHost, stream_.get()),
                 "copying depth images from it");
  }

  [[nodiscard]] Mark mark() const {
    cudaEvent_t event = nullptr;
    require_cuda(cudaEventCreate(&event), "making an event");
    Mark mark(event);
    require_cuda(cudaEventRecord(event, stream_.get()), "recording an event");
    return mark;
  }

  /// Both must have been waited for.
  [[nodiscard]] static double seconds_between(Mark const& begin, Mark const& end) {
    constexpr double seconds_per_ms = 1e-3;
    float elapsed_ms = 0.0F;
    require_cuda(cudaEventElapsedTime(&elapsed_ms, begin.get(), end.get()), "reading the time between events");
    return seconds_per_ms * static_cast<double>(elapsed_ms);
  }

  // not by Kokkos' fence, which ends the process where a kernel failed
  void wait(char const* what) const { require_cuda(cudaStreamSynchronize(stream_.get()), what); }

 private:
  static OwnedStream make_stream() {
    cudaStream_t stream = nullptr;
    require_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream");
    return OwnedStream(stream);
  }

  OwnedStream stream_;
  Space space_;  // on the stream, so that it ends first
};

}  // namespace lauebench::kernels
