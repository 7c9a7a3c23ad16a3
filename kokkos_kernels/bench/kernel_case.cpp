#include "kokkos_kernels/bench/kernel_case.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/bench/workplace.hpp"
#include "reconstruct/reconstruction_setup.hpp"

namespace lauebench::kernel_bench {
namespace {

std::size_t voxels_of(ProblemSize const& size) { return size.pixels() * static_cast<std::size_t>(size.depths); }

/// Floating-point operations of one pixel-step, counted from the formula as the kernel evaluates it, additions,
/// multiplications, divisions, roots and comparisons that choose a value one each. What a better kernel would leave
/// out is not to be counted, so each edge depth counts once: neighbours in space and time share it.
double flops_per_pixel_step(KernelCase const& kernel_case) {
  constexpr double edge_depth =
      20.0;  // edge_depth_um: 2 + 4 + 1 for the tangent, 3 + 3 for num and den, 7 for the rest
  constexpr double to_bins = 2.0;
  constexpr double weight = 5.0;  // difference, half base, quotient, change of the weight
  // a ramp within one bin: x - a, its square over twice the width, max(x - b, 0), taken with the coefficient and put
  // into two bins
  constexpr double ramp = 10.0;
  constexpr double flat_top = 3.0;  // conserving: the trapezoid's area has one
  constexpr double filter = 11.0;   // one new median of three (4), the larger one, two limits, two tests, mean
  double const ramps = kernel_case.binning > 1 ? 2.0 * ramp : ramp;  // wide pixels share none between steps
  double const edges = kernel_case.wire_edge == WireEdge::both ? 2.0 : 1.0;
  double const area = kernel_case.area_rule == AreaRule::conserving ? flat_top : 0.0;
  return edges * (edge_depth + to_bins + weight + ramps + area) +
         (kernel_case.cosmic_filter == CosmicFilter::on ? filter : 0.0);
}

Work work_of(KernelCase const& kernel_case, kernels::ReconstructionJob const& job, ProblemSize const& size) {
  auto const voxels = static_cast<double>(voxels_of(size));
  Work work;
  work.pixel_steps = size.pixel_steps();
  work.bytes = size.pixel_steps() * static_cast<double>(size_bytes(job.input_type)) +
               voxels * static_cast<double>(size_bytes(job.output_type));
  work.flops = size.pixel_steps() * flops_per_pixel_step(kernel_case) + voxels;  // running sum over the depths
  return work;
}

/// Something for the filter to find; generated scans have none.
void add_cosmic_hits(std::vector<std::byte>& frames) {
  constexpr std::size_t distance = 1009;  // a prime: every row, column and image has some
  constexpr std::uint16_t hit = 60000;
  for (std::size_t i = 0; i < frames.size() / sizeof hit; i += distance) {
    std::memcpy(frames.data() + i * sizeof hit, &hit, sizeof hit);
  }
}

/// The reconstructor of one variant with its buffers.
class KernelRun {
 public:
  KernelRun(KernelCase const& kernel_case, Variant const& variant, Scan const& scan)
      : backend_(*variant.runner->backend),
        execution_{variant.threads, 0},
        rows_(scan.rows),
        frames_(scan.frames),
        job_(scan.job) {
    if (kernel_case.cosmic_filter == CosmicFilter::on) {
      add_cosmic_hits(frames_);
    }
    job_.wire_edge = kernel_case.wire_edge;
    job_.area_rule = kernel_case.area_rule;
    job_.cosmic_filter = kernel_case.cosmic_filter;
    job_.precision = variant.precision;
    ReconstructionParameters parameters;
    parameters.wire_edge = kernel_case.wire_edge;
    job_.output_type = output_type_of(parameters, job_.input_type);
    images_.resize(voxels_of(variant.size) * size_bytes(job_.output_type));
    kernel_ = backend_.make_reconstructor(job_, execution_);
  }

  double run() {
    kernels::StripeReport const report = kernel_->resolve(stripe(images_.data()));
    device_bytes_ = report.device_bytes;
    return report.compute_s;
  }

  /// Another run without conversion to integers, whose steps would hide small errors.
  Accuracy compare_with_oracle(Workplace& workplace, std::string const& key) {
    kernels::ReconstructionJob job = job_;
    job.output_type = ElementType::float64;
    std::vector<double> values(images_.size() / size_bytes(job_.output_type));
    static_cast<void>(backend_.make_reconstructor(job, execution_)->resolve(stripe(values.data())));
    return compare(values, workplace.oracle(key, job, stripe(nullptr)));
  }

  [[nodiscard]] kernels::ReconstructionJob const& job() const { return job_; }
  [[nodiscard]] std::uint64_t device_bytes() const { return device_bytes_; }

 private:
  [[nodiscard]] kernels::Stripe stripe(void* images) const { return {0, rows_, frames_.data(), images}; }

  kernels::Backend& backend_;
  kernels::Execution execution_;
  int rows_;
  std::vector<std::byte> frames_;
  kernels::ReconstructionJob job_;
  std::vector<std::byte> images_;
  std::unique_ptr<kernels::DepthReconstructor> kernel_;
  std::uint64_t device_bytes_ = 0;
};

Measurement prepare(std::string_view id, KernelCase const& kernel_case, Variant const& variant, Workplace& workplace) {
  auto const run = std::make_shared<KernelRun>(kernel_case, variant, workplace.scan(variant.size, kernel_case.binning));
  Measurement measurement;
  measurement.run = [run] { return run->run(); };
  measurement.work = work_of(kernel_case, run->job(), variant.size);
  measurement.compare = [run, &workplace, key = std::string(id) + to_text(variant.size)] {
    return run->compare_with_oracle(workplace, key);
  };
  if (variant.runner->place == Place::cuda) {
    measurement.device_bytes = [run] { return run->device_bytes(); };
  }
  return measurement;
}

}  // namespace

Accuracy compare(std::span<double const> values, std::span<double const> reference) {
  double squares = 0.0;
  double reference_squares = 0.0;
  Accuracy accuracy;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    double const error = values[i] - reference[i];
    squares += error * error;
    reference_squares += reference[i] * reference[i];
    accuracy.max_error = std::max(accuracy.max_error, std::abs(error));  // a NaN shows in the sums
  }
  accuracy.rmse = std::sqrt(squares / static_cast<double>(reference.size()));
  accuracy.relative = reference_squares > 0.0 ? std::sqrt(squares / reference_squares) : accuracy.rmse;
  return accuracy;
}

Benchmark kernel_benchmark(std::string_view id, std::string_view task, KernelCase const& kernel_case) {
  Benchmark benchmark;
  benchmark.id = id;
  benchmark.category = Category::kernel;
  benchmark.task = task;
  benchmark.settings.backends = {Place::openmp, Place::cuda};
  benchmark.settings.precisions = {Precision::double_precision, Precision::single_precision};
  benchmark.settings.sizes = {{64, 64, 101, 101}, {128, 128, 151, 101}, {256, 256, 201, 101}};
  // ten times and more what was found (seed 1, all sizes and levels): rounding passes, a wrong formula does not
  benchmark.settings.tolerances = {.for_double = {.rmse = 1e-7, .max_error = 1e-5, .relative = 1e-10},
                                   .for_single = {.rmse = 0.01, .max_error = 0.1, .relative = 1e-5}};
  benchmark.prepare = [id, kernel_case](Variant const& variant, Workplace& workplace) {
    return prepare(id, kernel_case, variant, workplace);
  };
  return benchmark;
}

}  // namespace lauebench::kernel_bench
