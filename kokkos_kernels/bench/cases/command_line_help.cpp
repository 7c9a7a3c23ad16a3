#include "kokkos_kernels/bench/component_case.hpp"

namespace lauebench::kernel_bench {
namespace {

Measurement prepare(Variant const& /*variant*/, Workplace& /*workplace*/) {
  Measurement measurement;
  measurement.run = [] { return run_main_program({"--help"}); };
  return measurement;
}

Registration const registration({.id = "command_line_help",
                                 .task = "laue-bench --help, from start to end of the process",
                                 .settings = {.sizes = no_size()},
                                 .skip_reason = without_main_program,
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
