#pragma once

#include <cstddef>
#include <memory>

#include "kokkos_kernels/types.hpp"

/// What the CPU can do at most, measured in this process: the yardsticks of kernels.
namespace lauebench {

/// a[i] = b[i] + s * c[i] over arrays that no cache holds. Each thread has a part of its own, the same in each pass:
/// pages stay where they were touched first.
class Triad {
 public:
  /// Elements of an array that is larger than the caches of today's sockets: 128 MiB.
  static constexpr std::size_t beyond_caches = std::size_t{16} << 20U;

  /// Three arrays of `elements` each, touched by `threads` threads. Throws std::bad_alloc.
  explicit Triad(int threads, std::size_t elements = beyond_caches);

  /// Seconds of one pass over all elements, the start of its threads included.
  [[nodiscard]] double pass();

  /// Moved by a pass: 24 bytes an element (STREAM's count).
  [[nodiscard]] double bytes() const { return 3.0 * sizeof(double) * static_cast<double>(elements_); }

 private:
  [[nodiscard]] std::size_t part_begin(int thread) const;

  int threads_;
  std::size_t elements_;
  std::unique_ptr<double[]> a_;
  std::unique_ptr<double[]> b_;
  std::unique_ptr<double[]> c_;
};

/// Bytes per second of the triad, the best of several passes. Measured once for a number of threads, as the next.
[[nodiscard]] double triad_bytes_per_s(int threads);

/// Operations per second of independent fused multiply-adds in registers, two each, with the widest vectors that this
/// CPU has; the best of several passes.
[[nodiscard]] double fma_flop_per_s(Precision precision, int threads);

}  // namespace lauebench
