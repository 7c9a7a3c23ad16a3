#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/kernel_case.hpp"
#include "kokkos_kernels/element_access.hpp"

namespace lauebench::kernel_bench {
namespace {

constexpr double largest = 65535.0;

struct Buffers {
  std::vector<double> values;
  std::vector<std::uint16_t> elements;
};

/// Values within, below and above the range of the elements, with fractions.
std::vector<double> make_values(std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<double>(i % 1000) * 70.3 - 1000.0;
  }
  return values;
}

Accuracy compare_conversion(Buffers const& buffers) {
  std::vector<double> expected;
  std::ranges::transform(buffers.values, std::back_inserter(expected),
                         [](double value) { return std::trunc(std::clamp(value, 0.0, largest)); });
  return compare(std::vector<double>(buffers.elements.begin(), buffers.elements.end()), expected);
}

Measurement prepare(Variant const& variant, Workplace& /*workplace*/) {
  std::size_t const voxels = variant.size.pixels() * static_cast<std::size_t>(variant.size.depths);
  auto const buffers = std::make_shared<Buffers>(make_values(voxels), std::vector<std::uint16_t>(voxels));
  Measurement measurement;
  measurement.run = [buffers] {
    return seconds_of([&] {
      std::ranges::transform(buffers->values, buffers->elements.begin(), kernels::to_element<std::uint16_t>);
    });
  };
  measurement.work.bytes = static_cast<double>(voxels) * (sizeof(double) + sizeof(std::uint16_t));
  measurement.compare = [buffers] { return compare_conversion(*buffers); };
  return measurement;
}

Registration const registration({.id = "conversion",
                                 .task = "depth images from float64 to uint16, the program's own instructions",
                                 .settings = {.sizes = component_sizes(),
                                              .tolerances = {.for_double = {.rmse = 0.0, .max_error = 0.0}}},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
