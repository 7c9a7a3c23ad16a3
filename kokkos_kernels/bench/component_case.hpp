#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kokkos_kernels/bench/benchmark.hpp"

/// What several components' benchmarks share.
namespace lauebench::kernel_bench {

/// Sizes of components that work on a scan.
[[nodiscard]] inline std::vector<ProblemSize> component_sizes() { return {{128, 128, 101, 101}, {256, 256, 201, 101}}; }

/// For components that know no scan.
[[nodiscard]] inline std::vector<ProblemSize> no_size() { return {{1, 1, 1, 1}}; }

/// A skip reason where laue-bench does not lie beside this program.
[[nodiscard]] std::string without_main_program(Variant const& variant);

/// Seconds from the start to the end of laue-bench with these arguments, its output thrown away. Throws Error unless it
/// exits with 0.
[[nodiscard]] double run_main_program(std::vector<std::string> arguments);

}  // namespace lauebench::kernel_bench
