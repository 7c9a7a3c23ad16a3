#pragma once

#include "kokkos_kernels/types.hpp"

/// What the machine can do at most, measured in this process: the yardsticks of kernels on the CPU.
namespace lauebench::kernel_bench {

/// Bytes per second of a[i] = b[i] + s * c[i] over arrays that no cache holds, 24 bytes an element (STREAM's count);
/// the best of several passes. Measured once for a number of threads, as the next.
[[nodiscard]] double triad_bytes_per_s(int threads);

/// Operations per second of independent fused multiply-adds in registers, two each, with the widest vectors that this
/// CPU has; the best of several passes.
[[nodiscard]] double fma_flop_per_s(Precision precision, int threads);

}  // namespace lauebench::kernel_bench
