#include <string>
#include <vector>

#include <fmt/format.h>

#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

Measurement prepare(Variant const& variant, Workplace& workplace) {
  ReconstructionTask const& task = workplace.scan(variant.size).task;
  DepthRange const& depths = task.parameters.depth_range;
  std::vector<std::string> const arguments{"run",
                                           "--dry-run",
                                           "--h5",
                                           task.scan.string(),
                                           "--geometry",
                                           task.geometry.string(),
                                           "--depth-range",
                                           fmt::format("{}:{}", depths.start_um, depths.end_um),
                                           "--staging-dir",
                                           (workplace.folder() / "stage").string(),
                                           "--mode",
                                           "cpu",
                                           "--cpu-parallel",
                                           "1",
                                           "--cpu-threads",
                                           "1"};
  Measurement measurement;
  measurement.run = [arguments] { return run_main_program(arguments); };
  return measurement;
}

Registration const registration({.id = "command_line_dry_run",
                                 .task = "laue-bench run --dry-run of one grid point, from start to end of the process",
                                 .settings = {.sizes = {{64, 64, 101, 101}}},
                                 .skip_reason = without_main_program,
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
