#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

struct Transfer {
  std::unique_ptr<kernels::DepthReconstructor> kernel;
  std::vector<std::byte> images;
  std::uint64_t device_bytes = 0;
};

/// The copies of a whole stripe, as the module times them around its kernel.
Measurement prepare(Variant const& variant, Workplace& workplace) {
  Scan const& scan = workplace.scan(variant.size);
  auto const transfer = std::make_shared<Transfer>();
  transfer->kernel = variant.runner->backend->make_reconstructor(scan.job, {variant.threads, 0});
  transfer->images.resize(variant.size.pixels() * static_cast<std::size_t>(variant.size.depths) *
                          size_bytes(scan.job.output_type));
  Measurement measurement;
  measurement.run = [&scan, transfer] {
    kernels::StripeReport const report =
        transfer->kernel->resolve({0, scan.rows, scan.frames.data(), transfer->images.data()});
    transfer->device_bytes = report.device_bytes;
    return report.copy_to_device_s + report.copy_to_host_s;
  };
  measurement.work.bytes = static_cast<double>(scan.frames.size() + transfer->images.size());
  measurement.device_bytes = [transfer] { return transfer->device_bytes; };
  return measurement;
}

Registration const registration({.id = "host_device_transfer",
                                 .task = "images of a scan to the GPU and depth images back",
                                 .settings = {.backends = {Place::cuda}, .sizes = component_sizes()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
