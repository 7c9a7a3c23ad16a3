#include <cstddef>
#include <memory>
#include <vector>

#include "io/scan_reader.hpp"
#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

Measurement prepare(Variant const& variant, Workplace& workplace) {
  Scan const& scan = workplace.scan(variant.size);
  auto const frames = std::make_shared<std::vector<std::byte>>(scan.frames.size());
  Measurement measurement;
  measurement.run = [&scan, frames] {
    return seconds_of([&] {
      ScanReader reader(scan.task.scan);
      reader.read_rows(0, scan.rows, *frames);
      reader.close();
    });
  };
  measurement.work.bytes = static_cast<double>(scan.frames.size());
  return measurement;
}

Registration const registration({.id = "scan_reading",
                                 .task = "open a contiguous scan in the cache, read all images, close it",
                                 .settings = {.sizes = component_sizes()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
