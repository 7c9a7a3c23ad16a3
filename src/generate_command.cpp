#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "commands.hpp"
#include "synthetic/generate.hpp"

namespace lauebench {
namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0;

GenerateProgressCallback progress_line(Verbosity verbose) {
  if (verbose < 1 || ::isatty(STDERR_FILENO) == 0) {
    return {};
  }
  return [](GenerateProgress const& progress) {
    fmt::print(stderr, "\r\033[K{:.0f} of {:.0f} MiB", static_cast<double>(progress.done_bytes) / bytes_per_mib,
               static_cast<double>(progress.total_bytes) / bytes_per_mib);
    if (progress.done_bytes == progress.total_bytes) {
      fmt::print(stderr, "\n");
    }
    std::fflush(stderr);
  };
}

}  // namespace

int run_generate_command(GenerateConfig const& config) {
  GeneratedScan const scan = generate_scan(config, progress_line(config.verbose));
  if (config.verbose >= 1) {
    fmt::print("{}: {} images of {} x {} pixels, {:.1f} MiB, wire step {:.4g} um\n", config.output.string(),
               config.images, config.rows, config.columns, static_cast<double>(scan.file_bytes) / bytes_per_mib,
               scan.wire_step_um);
    if (scan.saturated_values > 0) {
      fmt::print("{} values are saturated: lower --amplitude or choose a wider --element-type\n",
                 scan.saturated_values);
    }
  }
  return 0;
}

}  // namespace lauebench
