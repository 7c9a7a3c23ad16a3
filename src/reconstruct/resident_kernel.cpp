#include "reconstruct/resident_kernel.hpp"

#include <cstddef>
#include <functional>
#include <vector>

#include "kokkos_kernels/cutoff.hpp"
#include "reconstruct/reconstruction_memory.hpp"
#include "reconstruct/reconstruction_setup.hpp"

namespace lauebench {
namespace {

/// As a reconstruction selects it, from all of the first image.
double cutoff_of(ScanReader& scan, double percent_brightest) {
  ScanInfo const& info = scan.info();
  std::vector<std::byte> first_image(static_cast<std::size_t>(info.image_bytes()));
  scan.read_first_image(first_image);
  auto const pixels = static_cast<std::size_t>(info.rows) * static_cast<std::size_t>(info.columns);
  return kernels::brightness_cutoff(first_image.data(), info.element_type, pixels, percent_brightest);
}

}  // namespace

ResidentKernel::ResidentKernel(ReconstructionTask const& task, kernels::Backend& backend)
    : cancellation_(task.cancellation) {
  ScanReader scan(task.scan, read_options(task));
  ScanInfo const& info = scan.info();
  job_ = make_job(task, info);
  ReconstructionMemory const memory(scan, job_, &backend, task.execution, Moment::in_run);
  // no depth files: no template of them
  StripePlan const plan = plan_stripes(info.rows, memory.stripe_cost(0, {}), task.memory_limit_bytes,
                                       {task.parameters.rows_per_stripe, 1, 1});
  scan_rows_ = info.rows;
  images_ = info.images();
  rows_ = plan.rows_per_stripe;
  first_row_ = (scan_rows_ - rows_) / 2;
  load(scan, task, backend);
  scan.close();
  kernel_ = backend.make_reconstructor(job_, task.execution);
  static_cast<void>(resolve());
}

void ResidentKernel::load(ScanReader& scan, ReconstructionTask const& task, kernels::Backend& backend) {
  job_.cutoff = cutoff_of(scan, task.parameters.percent_brightest);
  frame_bytes_ = frame_row_bytes(scan.info()) * static_cast<std::size_t>(rows_);
  image_bytes_ = depth_row_bytes(job_) * static_cast<std::size_t>(rows_);
  frames_buffer_ = StripeBuffer(backend, frame_bytes_);
  images_buffer_ = StripeBuffer(backend, image_bytes_);
  scan.read_rows(first_row_, rows_, frames_buffer_.first(frame_bytes_));
}

kernels::StripeReport ResidentKernel::resolve() {
  cancellation_.throw_if_due();
  std::function<bool()> const is_cancelled = [this] { return cancellation_.is_due(); };
  kernels::Stripe const stripe{
      first_row_, rows_,        frames_buffer_.first(frame_bytes_).data(), images_buffer_.first(image_bytes_).data(),
      rows_,      &is_cancelled};
  kernels::StripeReport report = kernel_->resolve(stripe);
  cancellation_.throw_if_due();  // the kernel may have left out the rest
  return report;
}

double ResidentKernel::pixel_steps() const { return static_cast<double>(rows_) * job_.columns * images_; }

double ResidentKernel::scan_pixel_steps() const { return static_cast<double>(scan_rows_) * job_.columns * images_; }

}  // namespace lauebench
