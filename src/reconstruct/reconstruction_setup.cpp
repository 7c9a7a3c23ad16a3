#include "reconstruct/reconstruction_setup.hpp"

#include <system_error>

#include <fmt/format.h>

#include "config/depth_grid.hpp"
#include "config/words.hpp"
#include "io/geometry_reader.hpp"
#include "io/scan_geometry.hpp"

namespace lauebench {

ElementType output_type_of(ReconstructionParameters const& parameters, ElementType scan_type) {
  if (parameters.output_type) {
    return *parameters.output_type;
  }
  return parameters.wire_edge == WireEdge::both ? ElementType::int32 : scan_type;
}

kernels::ReconstructionJob make_job(ReconstructionTask const& task, ScanInfo const& scan) {
  ReconstructionParameters const& parameters = task.parameters;
  require_enough_frames(scan, parameters.area_rule, parameters.cosmic_filter);
  kernels::ReconstructionJob job;
  job.geometry = make_scan_geometry(read_geometry(task.geometry, parameters.detector), scan.region, scan.wire_raw_um);
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
  std::string const base = task.output_base.filename().string();
  std::string const scan = task.scan.filename().string();
  std::error_code ignored;
  if (!std::filesystem::equivalent(std::filesystem::absolute(task.output_base).parent_path(),
                                   std::filesystem::absolute(task.scan).parent_path(), ignored)) {
    return;
  }
  for (int m = 0; m < depths.count; ++m) {
    if (scan == fmt::format("{}{}.h5", base, m)) {
      throw bad_input(fmt::format("depth image {} would replace the scan {}", m, task.scan.string()),
                      "the output base and the scan are in one folder and their names meet", "choose another --output");
    }
  }
}

std::vector<SummaryParameter> summary_parameters(ReconstructionTask const& task,
                                                 kernels::ReconstructionJob const& job) {
  ReconstructionParameters const& parameters = task.parameters;
  auto const um = [](double value) { return fmt::format("{} um", value); };
  return {{"scan", task.scan.string()},
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
