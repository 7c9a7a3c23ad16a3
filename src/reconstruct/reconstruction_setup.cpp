#include "reconstruct/reconstruction_setup.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "config/depth_grid.hpp"
#include "config/normal_path.hpp"
#include "config/words.hpp"
#include "io/depth_image.hpp"
#include "io/geometry_reader.hpp"
#include "io/scan_geometry.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// Whether a file of depth images or the summary of `task` has folder and name of `file`.
bool is_written(ReconstructionTask const& task, DepthGrid const& depths, fs::path const& file) {
  fs::path const& output_base = task.output_base;
  std::error_code missing;
  if (!fs::equivalent(fs::absolute(output_base).parent_path(), file.parent_path(), missing)) {
    return false;
  }
  std::string const base = output_base.filename().string();
  std::string const name = file.filename().string();
  if (name == base + "summary.txt") {
    return true;
  }
  StoredDepthImages const images{base, depths.count, 0, 0, task.parameters.output_layout};
  for (int m = 0; m < images.files(); ++m) {
    if (name == images.file(m)) {
      return true;
    }
  }
  return false;
}

}  // namespace

ElementType output_type_of(ReconstructionParameters const& parameters, ElementType scan_type) {
  if (parameters.output_type) {
    return *parameters.output_type;
  }
  return parameters.wire_edge == WireEdge::both ? ElementType::int32 : scan_type;
}

ReadOptions read_options(ReconstructionTask const& task) {
  return {task.memory_limit_bytes, task.parameters.io_path, task.execution.threads,
          task.cancellation,       task.input_access,       task.shared_input};
}

namespace {

/// The region along one axis, beside the pixels that the geometry file gives the detector.
struct DetectorSide {
  char axis = 'x';
  int start = 0;
  int bin = 1;
  int stored = 0;  ///< pixels of a frame
  std::optional<int> full;
  int pixels = 0;
};

void require_on_detector(ReconstructionTask const& task, DetectorSide const& side) {
  std::int64_t const end = side.start + std::int64_t{side.bin} * side.stored;
  bool const is_other_detector = side.full && *side.full != side.pixels;
  if (!is_other_detector && end <= side.pixels) {
    return;
  }
  throw bad_input(
      fmt::format("scan '{}' and geometry file '{}' contradict each other", task.scan.string(), task.geometry.string()),
      fmt::format("detector {} has {} pixels along {} (Npixels), the scan's {}", task.parameters.detector, side.pixels,
                  side.axis,
                  is_other_detector ? fmt::format("has {} (N{})", *side.full, side.axis)
                                    : fmt::format("region ends at {}", end - 1)),
      "choose the detector with --detector, or the geometry file that belongs to the scan");
}

/// Along the wire it may move as it likes: that changes nothing.
void require_moving_wire(ReconstructionTask const& task, ScanGeometry const& geometry) {
  constexpr double rounding_um = 1e-6;
  auto const stands_still = [&geometry](double WirePosition::*coordinate) {
    auto const [least, most] = std::ranges::minmax_element(geometry.wire, {}, coordinate);
    return std::invoke(coordinate, *most) - std::invoke(coordinate, *least) < rounding_um;
  };
  if (!geometry.wire.empty() && stands_still(&WirePosition::y_um) && stands_still(&WirePosition::z_um)) {
    throw bad_input(fmt::format("scan '{}' cannot be used", task.scan.string()),
                    "its wire never moves across the beam: wireY and wireZ are the same for all images",
                    "give a scan whose wire positions were recorded");
  }
}

}  // namespace

kernels::ReconstructionJob make_job(ReconstructionTask const& task, ScanInfo const& scan) {
  ReconstructionParameters const& parameters = task.parameters;
  static_cast<void>(absolute_path(task.output_base));
  require_enough_frames(scan, parameters.area_rule, parameters.cosmic_filter);
  BeamlineGeometry const beamline = task.geometry_text
                                        ? parse_geometry(*task.geometry_text, task.geometry, parameters.detector)
                                        : read_geometry(task.geometry, parameters.detector);
  DetectorRegion const& region = scan.region;
  require_on_detector(task,
                      {'x', region.start_x, region.bin_x, scan.columns, region.full_x, beamline.detector.pixels_x});
  require_on_detector(task, {'y', region.start_y, region.bin_y, scan.rows, region.full_y, beamline.detector.pixels_y});
  kernels::ReconstructionJob job;
  job.geometry = make_scan_geometry(beamline, region, scan.wire_raw_um);
  require_moving_wire(task, job.geometry);
  job.depths = make_depth_grid(parameters.depth_range, parameters.resolution_um);
  job.wire_edge = parameters.wire_edge;
  job.area_rule = parameters.area_rule;
  job.cosmic_filter = parameters.cosmic_filter;
  job.precision = parameters.precision;
  job.loop = parameters.kernel_loop;
  job.input_type = scan.element_type;
  job.output_type = output_type_of(parameters, scan.element_type);
  job.columns = scan.columns;
  return job;
}

void refuse_to_overwrite_scan(ReconstructionTask const& task, DepthGrid const& depths) {
  for (auto const& [what, given] : {std::pair("scan", task.scan), std::pair("geometry file", task.geometry)}) {
    std::error_code unreadable;
    // a link elsewhere may lead to a file that is in the way
    for (fs::path const& file : {fs::absolute(given), fs::canonical(given, unreadable)}) {
      if (is_written(task, depths, file)) {
        throw bad_input(fmt::format("the output would replace the {} {}", what, file.string()),
                        fmt::format("it is in the output folder and its name begins with '{}'",
                                    task.output_base.filename().string()),
                        "choose another --output");
      }
    }
  }
}

std::vector<SummaryParameter> summary_parameters(ReconstructionTask const& task,
                                                 kernels::ReconstructionJob const& job) {
  ReconstructionParameters const& parameters = task.parameters;
  auto const um = [](double value) { return fmt::format("{} um", value); };
  return {{std::string(first_summary_parameter), task.scan.string()},
          {"geometry", task.geometry.string()},
          {"detector", std::to_string(parameters.detector)},
          {"depth start", um(job.depths.start_um)},
          {"depth end", um(job.depths.depth_um(job.depths.count - 1))},
          {"depth resolution", um(job.depths.resolution_um)},
          {"depth images", std::to_string(job.depths.count)},
          {"images used", std::to_string(job.geometry.wire.size())},
          {"wire edge", std::string(to_word(parameters.wire_edge))},
          {"area rule", std::string(to_word(parameters.area_rule))},
          {"cosmic filter", parameters.cosmic_filter == CosmicFilter::on ? "on" : "off"},
          {"precision", std::string(to_word(parameters.precision))},
          {"percent brightest", fmt::format("{}", parameters.percent_brightest)},
          {"cutoff", fmt::format("{} counts", job.cutoff)},
          {"element type", std::string(to_word(job.output_type))}};
}

}  // namespace lauebench
