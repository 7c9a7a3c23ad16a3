#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/words.hpp"
#include "kokkos_kernels/bench/settings.hpp"
#include "kokkos_kernels/types.hpp"

/// What a benchmark is. A new one is one file in cases/ that holds a Registration; nothing else has to be edited.
namespace lauebench::kernels {
class Backend;
}  // namespace lauebench::kernels

namespace lauebench::kernel_bench {

class Workplace;

enum class Category : std::uint8_t { kernel, component };

/// The program itself, or one module and why it cannot be used.
struct Runner {
  Place place = Place::host;
  std::string name;          ///< "host", "openmp-x86-64-v3", "cuda"
  std::string architecture;  ///< "x86-64-v3", "sm_90"; empty for the program and for a module that is not there
  kernels::Backend* backend = nullptr;  ///< null for the program and for a module that is not there
  std::string problem;                  ///< empty: usable
};

/// One cell of a benchmark: what is measured at a time.
struct Variant {
  Runner const* runner = nullptr;
  Precision precision = Precision::double_precision;
  ProblemSize size;
  int threads = 1;
};

/// What one execution does. Empty: the figure has no meaning for this benchmark.
struct Work {
  std::optional<double> pixel_steps;  ///< pixels times wire steps
  std::optional<double> bytes;        ///< that must move: what is read once plus what is written once
  std::optional<double> flops;        ///< counted from the formula, see kernel_case.cpp
};

/// Against the plain formula in double precision, values as they are before any conversion to integers.
struct Accuracy {
  double rmse = 0.0;
  double max_error = 0.0;
  double relative = 0.0;  ///< rmse over the root mean square of the reference
};

/// A variant that is ready to run.
struct Measurement {
  /// Executes once and returns its seconds, taken by whoever can tell best: modules time their kernels, fenced.
  std::function<double()> run;
  Work work;
  /// Outside the clock, after the last execution. Empty: there is no reference to compare with.
  std::function<Accuracy()> compare;
  /// Bytes that the module holds on its device; empty: the benchmark uses none.
  std::function<std::uint64_t()> device_bytes;
};

struct Benchmark {
  std::string_view id;  ///< "kernel_both_edges"
  Category category = Category::component;
  std::string_view task;  ///< one line for people
  Settings settings;
  /// Why a variant cannot run here, beside a module that is not there; empty: it can. May itself be empty.
  std::function<std::string(Variant const&)> skip_reason = {};
  /// Makes the variant ready. Throws what its parts throw.
  std::function<Measurement(Variant const&, Workplace&)> prepare;
  std::string source = {};  ///< its file, from the source tree's top; filled in by the Registration
};

/// Enters a benchmark into the list, from an object with static lifetime in its file.
class Registration {
 public:
  explicit Registration(Benchmark benchmark, std::source_location where = std::source_location::current());
};

/// All benchmarks, sorted by id. Throws std::logic_error when two have the same.
[[nodiscard]] std::vector<Benchmark> registered_benchmarks();

/// The program, the CPU modules of all levels that this CPU runs, and the CUDA module; loads them. Lives until the
/// process ends.
[[nodiscard]] std::span<Runner const> all_runners();

/// The runners of a benchmark's backends.
[[nodiscard]] std::vector<Runner const*> runners_of(Settings const& settings);

/// Why the variant cannot run; empty: it can.
[[nodiscard]] std::string skip_reason(Benchmark const& benchmark, Variant const& variant);

/// Runner by runner, precision by precision, size by size.
[[nodiscard]] std::vector<Variant> variants_of(Settings const& settings);

/// "kernel_both_edges/openmp-x86-64-v3/double/128x128x101x101", what --filter looks at.
[[nodiscard]] std::string variant_name(Benchmark const& benchmark, Variant const& variant);

/// Seconds that `action` takes.
[[nodiscard]] double seconds_of(std::function<void()> const& action);

}  // namespace lauebench::kernel_bench

namespace lauebench {

template <>
inline constexpr std::array word_table<kernel_bench::Category>{Word{kernel_bench::Category::kernel, "kernel"},
                                                               Word{kernel_bench::Category::component, "component"}};

}  // namespace lauebench
