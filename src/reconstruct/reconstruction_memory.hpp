#pragma once

#include <cstdint>

#include "config/config.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/backend.hpp"
#include "reconstruct/stripe_plan.hpp"

namespace lauebench {

/// What the writer of depth images takes, bytes.
struct WriterMemory {
  std::uint64_t fixed = 0;
  std::uint64_t per_row = 0;  ///< of a stripe
};

/// When memory is estimated. Before the runs it leaves room for what the process takes up until they begin.
enum class Moment : std::uint8_t { before_runs, in_run };

/// Bytes of one detector row of all images.
[[nodiscard]] std::uint64_t frame_row_bytes(ScanInfo const& scan);

/// Bytes of one detector row of all depth images.
[[nodiscard]] std::uint64_t depth_row_bytes(kernels::ReconstructionJob const& job);

/// Device memory that one reconstruction may use: the smaller of what the user asked and 0.8 times what the execution's
/// device has free, shared equally by the `sharers` >= 1 ranks that compute on it. On a CPU what was asked for the
/// pixel loop, else 0: see Execution. Throws std::runtime_error when the device fails.
[[nodiscard]] std::uint64_t device_memory_in_effect(ReconstructionParameters const& parameters,
                                                    kernels::Backend& backend, kernels::Execution const& execution,
                                                    int sharers);

/// What a reconstruction holds in memory, estimated in the same way before the first run and in each run: what a check
/// accepts, no run refuses.
class ReconstructionMemory {
 public:
  /// Takes in what the process holds now: to be made when the scan is open and before anything large is. Without a
  /// backend the kernel's part is left out. All arguments must outlive it, and backend and job the costs it gives.
  ReconstructionMemory(ScanReader const& scan, kernels::ReconstructionJob const& job, kernels::Backend const* backend,
                       kernels::Execution const& execution, Moment moment);

  /// Throws Error (bad_input) when a template of depth files of that size cannot be built within the limit.
  void require_template_fits(std::uint64_t template_bytes, std::uint64_t limit_bytes) const;

  /// Throws Error (bad_input) when one row of the scan does not fit the device's memory limit.
  void require_device_row_fits() const;

  /// What stripes cost beside such a template and writer.
  [[nodiscard]] StripeCost stripe_cost(std::uint64_t template_bytes, WriterMemory const& writer) const;

 private:
  [[nodiscard]] std::uint64_t fixed_bytes(std::uint64_t template_bytes) const;

  ScanReader const& scan_;
  kernels::ReconstructionJob const& job_;
  kernels::Backend const* backend_;
  kernels::Execution const& execution_;
  std::uint64_t held_bytes_;
};

}  // namespace lauebench
