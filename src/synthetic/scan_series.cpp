#include "synthetic/scan_series.hpp"

#include <cstdint>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "io/scan_writer.hpp"

namespace lauebench {
namespace {

/// A path without a file's name stays one, to be refused as such.
std::filesystem::path numbered(std::filesystem::path const& output, int number) {
  return output.has_filename() ? output.parent_path() /
                                     fmt::format("{}-{}{}", output.stem().string(), number, output.extension().string())
                               : output;
}

}  // namespace

std::vector<GenerateConfig> plan_scan_series(GenerateConfig const& config) {
  std::vector<GenerateConfig> series;
  for (int number = 0; number < config.count; ++number) {
    GenerateConfig scan = config;
    scan.count = 1;
    scan.seed += static_cast<std::uint64_t>(number);
    if (config.count > 1) {
      scan.output = numbered(config.output, number);
    }
    check_scan_target(scan.output);
    series.push_back(std::move(scan));
  }
  return series;
}

}  // namespace lauebench
