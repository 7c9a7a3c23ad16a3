#include <cstdint>
#include <memory>

#include "config/error.hpp"
#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"
#include "reconstruct/reconstruct.hpp"

namespace lauebench::kernel_bench {
namespace {

struct Reconstruction {
  ReconstructionTask task;
  std::uint64_t device_bytes = 0;
};

double run_once(Reconstruction& reconstruction, kernels::Backend& backend) {
  RankOutcome const outcome = reconstruct(reconstruction.task, backend);
  if (outcome.code != ReturnCode::ok) {
    throw Error(outcome.code, outcome.error);
  }
  reconstruction.device_bytes = outcome.memory.device_bytes;
  return outcome.elapsed_s;
}

Measurement prepare(Variant const& variant, Workplace& workplace) {
  Scan const& scan = workplace.scan(variant.size);
  kernels::Backend& backend = *variant.runner->backend;
  auto const reconstruction = std::make_shared<Reconstruction>(Reconstruction{scan.task, 0});
  reconstruction->task.parameters.precision = variant.precision;
  reconstruction->task.execution = {variant.threads, 0};
  backend.start(reconstruction->task.execution);
  ReconstructionNeeds const needs = check_task(reconstruction->task, &backend);
  Measurement measurement;
  measurement.run = [reconstruction, &backend] { return run_once(*reconstruction, backend); };
  measurement.work.pixel_steps = variant.size.pixel_steps();
  measurement.work.bytes = static_cast<double>(scan.frames.size()) + static_cast<double>(needs.output_bytes);
  if (variant.runner->place == Place::cuda) {
    measurement.device_bytes = [reconstruction] { return reconstruction->device_bytes; };
  }
  return measurement;
}

Registration const registration({.id = "end_to_end",
                                 .task = "a whole reconstruction: open, read, compute, write, close, without fsync",
                                 .settings = {.backends = {Place::openmp, Place::cuda},
                                              .precisions = {Precision::double_precision, Precision::single_precision},
                                              .sizes = component_sizes()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
