#pragma once

#include "config/cancellation.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/backend.hpp"
#include "reconstruct/reconstruct.hpp"
#include "reconstruct/stripe_buffer.hpp"

namespace lauebench {

/// The kernel of a task on frames that lie in memory already: what a reconstruction could do at most if it read and
/// wrote nothing.
class ResidentKernel {
 public:
  /// Reads as much of the scan as fits the task's memory limit, all of it or a stripe from its middle as tall as a
  /// run's are at most, and resolves it once, so that threads and workspace are there. `backend` must have been started
  /// and outlive this. The task's cancellation ends reading, and resolving where the kernel looks at it. Throws Error,
  /// and as DepthReconstructor::resolve.
  ResidentKernel(ReconstructionTask const& task, kernels::Backend& backend);

  /// The same stripe once more. Throws as the constructor.
  [[nodiscard]] kernels::StripeReport resolve();

  [[nodiscard]] double pixel_steps() const;                                               ///< of the stripe
  [[nodiscard]] double scan_pixel_steps() const;                                          ///< of the whole scan
  [[nodiscard]] double frame_bytes() const { return static_cast<double>(frame_bytes_); }  ///< of the stripe, as next
  [[nodiscard]] double image_bytes() const { return static_cast<double>(image_bytes_); }

 private:
  void load(ScanReader& scan, ReconstructionTask const& task, kernels::Backend& backend);

  Cancellation cancellation_;
  kernels::ReconstructionJob job_;
  int scan_rows_ = 0;
  int images_ = 0;
  int first_row_ = 0;
  int rows_ = 0;
  std::size_t frame_bytes_ = 0;
  std::size_t image_bytes_ = 0;
  StripeBuffer frames_buffer_;
  StripeBuffer images_buffer_;
  std::unique_ptr<kernels::DepthReconstructor> kernel_;
};

}  // namespace lauebench
