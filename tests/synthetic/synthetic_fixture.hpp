#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "config/config.hpp"
#include "io/geometry_reader.hpp"
#include "io/scan_geometry.hpp"
#include "io/scan_reader.hpp"

/// What the tests of generated scans share.
namespace lauebench::test {

[[nodiscard]] inline std::filesystem::path shipped_geometry() {
  return std::filesystem::path(LAUEBENCH_SOURCE_DIR) / "configs" / "geometry_34ide.xml";
}

/// A scan that takes a few milliseconds to make.
[[nodiscard]] inline GenerateConfig small_scan(std::filesystem::path const& output) {
  GenerateConfig config;
  config.output = output;
  config.geometry = shipped_geometry();
  config.rows = 40;
  config.columns = 52;
  config.images = 60;
  config.depth_range = {-5.0, 45.0};
  config.grains = 4;
  config.amplitude_counts = 3000.0;
  config.background_counts = 12.0;
  config.seed = 7;
  config.threads = 2;
  return config;
}

/// All images I_0 .. I_(N-1), [images][rows][columns]; `Value` is the scan's element type.
template <class Value>
[[nodiscard]] std::vector<Value> read_images(std::filesystem::path const& scan) {
  ScanReader reader(scan);
  ScanInfo const& info = reader.info();
  std::vector<Value> values(static_cast<std::size_t>(info.images()) * static_cast<std::size_t>(info.rows) *
                            static_cast<std::size_t>(info.columns));
  reader.read_rows(0, info.rows, std::as_writable_bytes(std::span(values)));
  return values;
}

/// Geometry of a scan that was made with the shipped geometry file, from the file's own region and wire positions.
[[nodiscard]] inline ScanGeometry geometry_of(std::filesystem::path const& scan, int detector) {
  ScanReader const reader(scan);
  return make_scan_geometry(read_geometry(shipped_geometry(), detector), reader.info().region,
                            reader.info().wire_raw_um);
}

}  // namespace lauebench::test
