#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kokkos_kernels/bench/benchmark.hpp"
#include "probe/reading.hpp"

/// One variant, measured.
namespace lauebench::kernel_bench {

/// Bytes. Peaks of the host are the process's, since the variant was begun.
struct MemoryFigures {
  Reading<std::uint64_t> host_peak = Unknown{"the variant did not run"};
  Reading<std::uint64_t> host_allocated = Unknown{"the variant did not run"};  ///< held for it after its last execution
  Reading<std::uint64_t> device_peak = Unknown{"the variant did not run"};
  Reading<std::uint64_t> device_allocated = Unknown{"the variant did not run"};
};

/// The machine's limits at the variant's number of threads.
struct Ceilings {
  double triad_bytes_per_s = 0.0;
  double fma_flop_per_s = 0.0;
};

enum class Verdict : std::uint8_t { success, failure, skipped };

struct Result {
  Verdict verdict = Verdict::success;
  std::string reason;           ///< why it failed or was skipped
  std::vector<double> seconds;  ///< one per execution, in order
  Work work;
  MemoryFigures memory;
  Reading<Accuracy> accuracy = Unknown{"the variant did not run"};
  Reading<Ceilings> ceilings = Unknown{"the variant did not run"};
};

/// Calls `execute` settings.iterations times after the warm-up. What it returns are the seconds of one execution.
using Loop = std::function<void(std::function<double()> const& execute)>;

/// Makes the variant ready, warms it up, gives its execution to `loop`, and compares. Never throws: what goes wrong is
/// a failure.
[[nodiscard]] Result measure(Benchmark const& benchmark, Variant const& variant, Workplace& workplace,
                             Loop const& loop);

/// The first tolerance that the accuracy breaks, for people; empty: none.
[[nodiscard]] std::string broken_tolerance(Accuracy const& accuracy, Tolerance const& tolerance);

}  // namespace lauebench::kernel_bench
