#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "bench/log.hpp"
#include "cluster/monotonic_clock.hpp"
#include "commands.hpp"
#include "config/chunk_shape.hpp"
#include "config/say.hpp"
#include "config/words.hpp"
#include "synthetic/generate.hpp"
#include "synthetic/scan_series.hpp"

namespace lauebench {
namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0;

GenerateProgressCallback progress_line(Verbosity verbose) {
  if (verbose < 1 || ::isatty(STDERR_FILENO) == 0) {
    return {};
  }
  return [](GenerateProgress const& progress) {
    bool const is_done = progress.done_bytes == progress.total_bytes;
    say(stderr, fmt::format("\r\033[K{:.0f} of {:.0f} MiB{}", static_cast<double>(progress.done_bytes) / bytes_per_mib,
                            static_cast<double>(progress.total_bytes) / bytes_per_mib, is_done ? "\n" : ""));
  };
}

std::string layout_text(GenerateConfig const& config) {
  auto const chunk = chunk_shape(config);
  return chunk ? fmt::format("chunks {}, gzip level {}", fmt::join(*chunk, ","), config.gzip_level) : "one piece";
}

void generate_one(GenerateConfig const& config) {
  spdlog::debug("{} grains, depths {} to {} um, {} in {}, seed {}", config.grains, config.depth_range.start_um,
                config.depth_range.end_um, to_word(config.element_type), layout_text(config), config.seed);
  double const began_s = monotonic_s();
  GeneratedScan const scan = generate_scan(config, progress_line(config.verbose));
  spdlog::trace("generated in {:.6f} s", monotonic_s() - began_s);
  if (config.verbose >= 1) {
    say(stdout, fmt::format("{}: {} images of {} x {} pixels, {:.1f} MiB, wire step {:.4g} um\n",
                            config.output.string(), config.images, config.rows, config.columns,
                            static_cast<double>(scan.file_bytes) / bytes_per_mib, scan.wire_step_um));
    if (scan.previous == PreviousScan::generated) {
      say(stdout, "it replaced a scan of the same name that was generated earlier\n");
    }
    if (scan.saturated_values > 0) {
      say(stdout, fmt::format("{} values are saturated: lower --amplitude or choose a wider --element-type\n",
                              scan.saturated_values));
    }
  }
}

}  // namespace

int run_generate_command(GenerateConfig const& config) {
  bool const updates = config.verbose >= 1 && ::isatty(STDERR_FILENO) != 0;
  set_up_logging(config.verbose, Speaker::root, updates ? ProgressStyle::updating : ProgressStyle::silent);
  for (GenerateConfig const& scan : plan_scan_series(config)) {
    generate_one(scan);
  }
  return 0;
}

}  // namespace lauebench
