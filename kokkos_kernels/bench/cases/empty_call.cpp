#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/bench/component_case.hpp"

namespace lauebench::kernel_bench {
namespace {

/// Backend::start of a backend that has started: a virtual call into the module that looks at two numbers. One call is
/// shorter than a look at the clock.
Measurement prepare(Variant const& variant, Workplace& /*workplace*/) {
  constexpr int calls = 100'000;
  kernels::Execution const execution{variant.threads, 0};
  kernels::Backend& backend = *variant.runner->backend;
  backend.start(execution);
  Measurement measurement;
  measurement.run = [&backend, execution] {
    return seconds_of([&] {
             for (int call = 0; call < calls; ++call) {
               backend.start(execution);
             }
           }) /
           calls;
  };
  return measurement;
}

Registration const registration(
    {.id = "empty_call",
     .task = "one call into a module that does nothing",
     .settings = {.iterations = 50, .backends = {Place::openmp, Place::cuda}, .sizes = no_size()},
     .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
