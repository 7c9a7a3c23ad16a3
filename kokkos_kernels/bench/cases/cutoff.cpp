#include "kokkos_kernels/cutoff.hpp"

#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

Measurement prepare(Variant const& variant, Workplace& workplace) {
  constexpr double percent_brightest = 50.0;  // the middle of the values takes longest to find
  Scan const& scan = workplace.scan(variant.size);
  std::size_t const pixels = variant.size.pixels();
  Measurement measurement;
  measurement.run = [&scan, pixels] {
    return seconds_of([&] {
      [[maybe_unused]] double const volatile cutoff =
          kernels::brightness_cutoff(scan.frames.data(), scan.job.input_type, pixels, percent_brightest);
    });
  };
  measurement.work.bytes = static_cast<double>(pixels * size_bytes(scan.job.input_type));
  return measurement;
}

Registration const registration({.id = "cutoff",
                                 .task = "preprocessing: brightness cutoff of the first image",
                                 .settings = {.iterations = 50, .sizes = component_sizes()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
