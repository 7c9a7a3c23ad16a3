#pragma once

#include <regex>
#include <span>
#include <string>

#include "kokkos_kernels/bench/benchmark.hpp"

namespace lauebench::kernel_bench {

/// What --list prints: the benchmarks that have a variant whose name `filter` matches, with settings, source and, for
/// each runner, why it cannot be used.
[[nodiscard]] Json list_to_json(std::span<Benchmark const> benchmarks, std::regex const& filter);
[[nodiscard]] std::string list_to_text(std::span<Benchmark const> benchmarks, std::regex const& filter);

}  // namespace lauebench::kernel_bench
