#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "kokkos_kernels/bench/benchmark.hpp"

/// Command line of laue-bench-kernels.
namespace lauebench::kernel_bench {

enum class Task : std::uint8_t { run, list };
enum class Format : std::uint8_t { text, json };

struct ProgramConfig {
  Task task = Task::run;
  Format format = Format::text;
  std::optional<int> iterations;  ///< empty, as those below: each benchmark's own
  std::optional<int> warmup;
  std::vector<Precision> precisions{Precision::double_precision, Precision::single_precision};
  std::vector<Place> backends{Place::host, Place::openmp, Place::cuda};
  std::uint64_t seed = 1;
  std::string filter;
  std::filesystem::path settings;
  std::filesystem::path output;  ///< empty: nothing is kept
};

/// The configuration, or the help text that was asked for. Throws Error (bad_input) for whatever is unknown (naming the
/// nearest known name), malformed or out of range.
[[nodiscard]] std::variant<ProgramConfig, std::string> parse_program_options(std::span<char const* const> arguments);

/// The registered benchmarks with the settings file and then the command line applied: those that are left with a
/// backend and a precision. Throws Error (bad_input).
[[nodiscard]] std::vector<Benchmark> chosen_benchmarks(ProgramConfig const& config);

/// --filter. Throws Error (bad_input) where it is no regular expression.
[[nodiscard]] std::regex filter_of(ProgramConfig const& config);

}  // namespace lauebench::kernel_bench
