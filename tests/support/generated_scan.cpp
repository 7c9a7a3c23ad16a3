#include "support/generated_scan.hpp"

#include "io/scan_reader.hpp"
#include "kokkos_kernels/cutoff.hpp"
#include "kokkos_kernels/reference/plain_depth_resolve.hpp"
#include "reconstruct/reconstruction_setup.hpp"
#include "support/plain_depth_files.hpp"
#include "synthetic/generate.hpp"

namespace lauebench::test {

double LoadedScan::pixel_steps() const {
  return static_cast<double>(rows) * job.columns * static_cast<double>(job.geometry.wire.size());
}

GeneratedScan::GeneratedScan(GenerateConfig config, ReconstructionParameters const& parameters) {
  config.output = folder_ / "scan.h5";
  config.geometry = std::filesystem::path(LAUEBENCH_SOURCE_DIR) / "configs/geometry_34ide.xml";
  static_cast<void>(generate_scan(config));
  task_.scan = config.output;
  task_.geometry = config.geometry;
  task_.output_base = folder_ / "ours";
  task_.parameters = parameters;
  task_.memory_limit_bytes = std::uint64_t{4} << 30U;
}

LoadedScan GeneratedScan::load() const {
  ScanReader scan(task_.scan);
  ScanInfo const& info = scan.info();
  LoadedScan loaded{make_job(task_, info), info.rows, {}, {}};
  auto const pixels = static_cast<std::size_t>(info.rows) * static_cast<std::size_t>(info.columns);
  loaded.frames.resize(static_cast<std::size_t>(info.images()) * static_cast<std::size_t>(info.image_bytes()));
  scan.read_rows(0, info.rows, loaded.frames);
  loaded.images.resize(pixels * static_cast<std::size_t>(loaded.job.depths.count) * size_bytes(loaded.job.output_type));
  loaded.job.cutoff = kernels::brightness_cutoff(loaded.frames.data(), loaded.job.input_type, pixels,
                                                 task_.parameters.percent_brightest);
  return loaded;
}

void GeneratedScan::remove_outputs() const {
  for (auto const& entry : std::filesystem::directory_iterator(folder_ / "")) {
    if (entry.path() != task_.scan) {
      std::filesystem::remove(entry.path());
    }
  }
}

void GeneratedScan::reconstruct_plainly() const {
  LoadedScan loaded = load();
  kernels::plain_depth_resolve(loaded.job, loaded.stripe());
  write_plain_depth_files(folder_ / "plain", loaded.job.depths, loaded.rows, loaded.job.columns, loaded.job.output_type,
                          loaded.images);
}

}  // namespace lauebench::test
