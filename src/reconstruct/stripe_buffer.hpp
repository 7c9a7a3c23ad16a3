#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "kokkos_kernels/backend.hpp"

namespace lauebench {

/// Memory for a stripe's frames or images, the backend's best: in huge pages where the kernel gives them, as a tile
/// touches thousands of image rows, each in a page of its own otherwise, and page-locked for a GPU. Contents are any.
/// Throws std::bad_alloc. The backend must outlive it.
class StripeBuffer {
 public:
  StripeBuffer() = default;
  StripeBuffer(kernels::Backend& backend, std::size_t bytes)
      : backend_(&backend), memory_(backend.take_host_memory(bytes)) {}
  ~StripeBuffer() {
    if (backend_ != nullptr) {
      backend_->give_back(memory_);
    }
  }
  StripeBuffer(StripeBuffer&& other) noexcept
      : backend_(std::exchange(other.backend_, nullptr)), memory_(std::exchange(other.memory_, {})) {}
  StripeBuffer& operator=(StripeBuffer&& other) noexcept {
    std::swap(backend_, other.backend_);
    std::swap(memory_, other.memory_);
    return *this;
  }

  [[nodiscard]] std::span<std::byte> first(std::size_t bytes) const { return {memory_.data, bytes}; }

  [[nodiscard]] std::size_t page_locked_bytes() const {
    return memory_.kind == kernels::HostMemoryKind::page_locked ? memory_.bytes : 0;
  }

 private:
  kernels::Backend* backend_ = nullptr;
  kernels::HostMemory memory_;
};

}  // namespace lauebench
