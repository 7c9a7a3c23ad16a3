#include "kokkos_kernels/bench/measure.hpp"

#include <exception>

#include <fmt/format.h>

#include "probe/cpu_ceilings.hpp"
#include "reconstruct/process_memory.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace lauebench::kernel_bench {
namespace {

/// Bytes that the C library has given out and not got back; 0 where it does not count (another library, a sanitizer).
std::uint64_t heap_bytes() {
#if defined(__GLIBC__)
  struct mallinfo2 const heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
#else
  return 0;
#endif
}

Reading<std::uint64_t> allocated_since(std::uint64_t before_bytes) {
  std::uint64_t const now_bytes = heap_bytes();
  if (now_bytes == 0) {
    return Unknown{"this process's allocator does not count"};
  }
  return now_bytes > before_bytes ? now_bytes - before_bytes : 0;
}

/// Memory of one variant, from before it is made ready.
class MemoryWatch {
 public:
  MemoryWatch() : peak_is_own_(reset_peak_resident()), heap_before_(heap_bytes()) {}

  /// After the last execution.
  [[nodiscard]] MemoryFigures figures(Measurement const& measurement) const {
    MemoryFigures figures;
    figures.host_peak = Unknown{"the kernel does not let this process reset its peak"};
    if (std::uint64_t const peak = peak_resident_bytes(); peak_is_own_ && peak > 0) {
      figures.host_peak = peak;
    }
    figures.host_allocated = allocated_since(heap_before_);
    std::uint64_t const device = measurement.device_bytes ? measurement.device_bytes() : 0;
    figures.device_peak = device;
    figures.device_allocated = device;  // modules grow their memory and keep it
    return figures;
  }

 private:
  bool peak_is_own_;
  std::uint64_t heap_before_;
};

Reading<Ceilings> ceilings_of(Variant const& variant, Work const& work) {
  if (variant.runner->place == Place::cuda) {
    return Unknown{"the ceilings are the CPU's"};
  }
  if (!work.bytes && !work.flops) {
    return Unknown{"this benchmark counts neither bytes nor operations"};
  }
  return Ceilings{triad_bytes_per_s(variant.threads), fma_flop_per_s(variant.precision, variant.threads)};
}

/// `limit` names the setting that holds it.
std::string broken(char const* limit, double found, std::optional<double> const& allowed) {
  // not: found > allowed, which an error that is not a number would pass
  return allowed && !(found <= *allowed)
             ? fmt::format("{} is {:.3g}, above its tolerance {:.3g}", limit, found, *allowed)
             : std::string{};
}

}  // namespace

std::string broken_tolerance(Accuracy const& accuracy, Tolerance const& tolerance) {
  for (auto const& problem :
       {broken("rmse", accuracy.rmse, tolerance.rmse), broken("max_error", accuracy.max_error, tolerance.max_error),
        broken("relative", accuracy.relative, tolerance.relative)}) {
    if (!problem.empty()) {
      return problem;
    }
  }
  return {};
}

Result measure(Benchmark const& benchmark, Variant const& variant, Workplace& workplace, Loop const& loop) {
  Result result;
  try {
    MemoryWatch const memory;
    Measurement const measurement = benchmark.prepare(variant, workplace);
    for (int i = 0; i < benchmark.settings.warmup; ++i) {
      static_cast<void>(measurement.run());
    }
    loop([&] { return result.seconds.emplace_back(measurement.run()); });
    result.work = measurement.work;
    result.memory = memory.figures(measurement);
    result.accuracy = Unknown{"there is no reference to compare with"};
    if (measurement.compare) {
      Accuracy const accuracy = measurement.compare();
      result.accuracy = accuracy;
      result.reason = broken_tolerance(accuracy, benchmark.settings.tolerances.of(variant.precision));
    }
    result.ceilings = ceilings_of(variant, result.work);
  } catch (std::exception const& error) {
    result.reason = error.what();
  }
  result.verdict = result.reason.empty() ? Verdict::success : Verdict::failure;
  return result;
}

}  // namespace lauebench::kernel_bench
