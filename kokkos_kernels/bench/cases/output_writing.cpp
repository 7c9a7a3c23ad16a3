#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "io/depth_files.hpp"
#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

struct Output {
  DepthFileTemplate file_template;
  std::vector<std::byte> images;
};

double write_all(Scan const& scan, Output const& output) {
  DepthFileTemplate file_template = output.file_template;
  return seconds_of([&] {
    DepthFileWriter writer(scan.task.output_base, scan.job.depths, std::move(file_template));
    writer.write_rows(0, scan.rows, output.images);
    writer.publish();
  });
}

Measurement prepare(Variant const& variant, Workplace& workplace) {
  Scan const& scan = workplace.scan(variant.size);
  std::size_t const voxels = variant.size.pixels() * static_cast<std::size_t>(variant.size.depths);
  auto const output = std::make_shared<Output>(
      Output{make_depth_file_template(scan.task.scan, scan.job.output_type, scan.rows, scan.job.columns),
             std::vector<std::byte>(voxels * size_bytes(scan.job.output_type), std::byte{1})});
  Measurement measurement;
  measurement.run = [&scan, output] { return write_all(scan, *output); };
  measurement.work.bytes = static_cast<double>(output_size(output->file_template, scan.job.depths).bytes());
  return measurement;
}

Registration const registration({.id = "output_writing",
                                 .task = "all depth files of a scan from their template, without fsync",
                                 .settings = {.sizes = component_sizes()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
