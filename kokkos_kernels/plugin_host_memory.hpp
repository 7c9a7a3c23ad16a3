#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "kokkos_kernels/backend.hpp"

namespace lauebench::kernels {

/// Hands out a module's host memory: see Backend. For use by several threads.
class HostMemoryPool {
 public:
  HostMemoryPool() = default;
  HostMemoryPool(HostMemoryPool const&) = delete;
  HostMemoryPool& operator=(HostMemoryPool const&) = delete;
  ~HostMemoryPool() = default;  // what is kept goes with the process: the driver may have ended before

  /// `wanted` is page_locked once the module's device has started.
  [[nodiscard]] HostMemory take(std::size_t bytes, HostMemoryKind wanted);
  void give_back(HostMemory const& memory) noexcept;
  [[nodiscard]] std::uint64_t kept_bytes() const;
  void free_kept() noexcept;

 private:
  mutable std::mutex mutex_;
  std::vector<HostMemory> kept_;
};

}  // namespace lauebench::kernels
