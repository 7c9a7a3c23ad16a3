#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <Kokkos_Core.hpp>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/image_rows.hpp"

namespace lauebench::kernels {

/// A CPU that stands in for a device: memory of its own, to which rows are copied and from which they come back. All is
/// done when a call returns. What CudaStream does, for the same reconstructor.
class HostStream {
 public:
  using Space = Kokkos::OpenMP;
  using Mark = std::chrono::steady_clock::time_point;

  static constexpr int compute_capability = 0;
  static constexpr std::uint64_t allocation_unit = 1;

  explicit HostStream(Execution const& execution) : space_(execution.threads) {}

  [[nodiscard]] static std::uint64_t free_bytes() { return std::numeric_limits<std::uint64_t>::max(); }

  [[nodiscard]] Space const& space() const { return space_; }

  void copy_to_device(std::byte* device, ImageRows<std::byte const> const& host) const {
    for (std::size_t k = 0; k < host.images; ++k) {
      std::memcpy(device + k * host.bytes, host.first + k * host.pitch, host.bytes);
    }
  }

  void copy_to_host(ImageRows<std::byte> const& host, std::byte const* device) const {
    for (std::size_t m = 0; m < host.images; ++m) {
      std::memcpy(host.first + m * host.pitch, device + m * host.bytes, host.bytes);
    }
  }

  [[nodiscard]] Mark mark() const { return std::chrono::steady_clock::now(); }

  [[nodiscard]] static double seconds_between(Mark const& begin, Mark const& end) {
    return std::chrono::duration<double>(end - begin).count();
  }

  void wait(char const* what) const { space_.fence(what); }

 private:
  Space space_;
};

}  // namespace lauebench::kernels
