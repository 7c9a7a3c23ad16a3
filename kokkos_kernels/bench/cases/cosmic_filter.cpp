#include "kokkos_kernels/cosmic_filter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

/// Series lie side by side as in the stack of images; as many lanes as the host's kernel takes, the rest one by one.
void filter_all(std::uint16_t const* series, std::size_t pixels, int images, double* filtered) {
  constexpr int lanes = 16;
  std::size_t pixel = 0;
  for (; pixel + lanes <= pixels; pixel += lanes) {
    kernels::filter_cosmic_hits<lanes>(series + pixel, pixels, images, filtered + pixel, pixels);
  }
  for (; pixel < pixels; ++pixel) {
    kernels::filter_cosmic_hits<1>(series + pixel, pixels, images, filtered + pixel, pixels);
  }
}

Measurement prepare(Variant const& variant, Workplace& workplace) {
  Scan const& scan = workplace.scan(variant.size);
  auto const* const series = reinterpret_cast<std::uint16_t const*>(scan.frames.data());
  auto const values = scan.frames.size() / sizeof(std::uint16_t);
  auto const filtered = std::make_shared<std::vector<double>>(values);
  Measurement measurement;
  measurement.run = [series, size = variant.size, filtered] {
    return seconds_of([&] { filter_all(series, size.pixels(), size.images, filtered->data()); });
  };
  measurement.work.pixel_steps = variant.size.pixel_steps();
  measurement.work.bytes = static_cast<double>(values) * (sizeof(std::uint16_t) + sizeof(double));
  return measurement;
}

Registration const registration({.id = "cosmic_filter",
                                 .task = "preprocessing: cosmic filter of all series, the program's own instructions",
                                 .settings = {.sizes = component_sizes()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
