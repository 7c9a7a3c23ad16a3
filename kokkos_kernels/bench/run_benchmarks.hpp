#pragma once

#include <regex>
#include <span>

#include "kokkos_kernels/bench/program_options.hpp"

namespace lauebench::kernel_bench {

/// Runs all variants whose names `filter` matches through Google Benchmark and writes what the configuration asks for.
/// Returns the exit status: 0, or 1 when one failed. Throws Error where nothing can be run or written.
[[nodiscard]] int run_benchmarks(ProgramConfig const& config, std::span<Benchmark const> benchmarks,
                                 std::regex const& filter);

}  // namespace lauebench::kernel_bench
