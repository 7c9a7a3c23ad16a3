#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "kokkos_kernels/backend.hpp"
#include "reconstruct/phase_timer.hpp"
#include "reconstruct/stripe_plan.hpp"

namespace lauebench {

/// Rows [first_row, first_row + rows) that are read at once, with the memory for their frames.
struct FrameBand {
  int first_row = 0;
  int rows = 0;
  std::span<std::byte> frames;  ///< [images][rows][columns]
};

/// Rows [first_row, first_row + rows) that are computed and written at once.
struct StripeWork {
  int first_row = 0;
  int rows = 0;
  FrameBand band;               ///< that they are part of
  std::span<std::byte> images;  ///< [depths][rows][columns]
};

/// What is done with each stripe, in this order; stripes come in the order of their rows. Each stage is always called
/// by the same thread, the three at the same time for different stripes.
struct StripeStages {
  std::function<void(FrameBand const&)> read;      ///< fills frames
  std::function<void(StripeWork const&)> compute;  ///< frames to images; called by the caller's thread
  std::function<void(StripeWork const&)> write;    ///< stores images
};

/// Bytes of one row in a stripe's memory.
struct StripeRowBytes {
  std::size_t frames = 0;
  std::size_t images = 0;
};

/// Sends stripes through stages that overlap: while one stripe is computed, the next is read and the one before is
/// written.
class StripePipeline {
 public:
  /// Takes memory of the backend's for plan.frame_buffers() bands' frames and plan.buffers stripes' images. Throws
  /// std::bad_alloc.
  StripePipeline(int rows, StripePlan const& plan, StripeRowBytes const& row_bytes, kernels::Backend& backend);
  ~StripePipeline();
  StripePipeline(StripePipeline const&) = delete;
  StripePipeline& operator=(StripePipeline const&) = delete;

  /// All stripes, once. Adds to wait_read_s (for a stripe's frames) and wait_write_s (for memory that is still being
  /// written, and for the last stripe) what the calling thread waited and what handing over to the other two took, to
  /// read_s and write_s what these were busy; also when there is an error. What a stage throws first is thrown again
  /// once all threads have stopped; the other stages then do not see their next stripe.
  void run(StripeStages const& stages, PhaseAccount const& account);

  /// Of the memory for stripes.
  [[nodiscard]] std::uint64_t page_locked_bytes() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lauebench
