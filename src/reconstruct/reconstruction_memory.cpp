#include "reconstruct/reconstruction_memory.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cluster/memory.hpp"
#include "config/error.hpp"
#include "config/units.hpp"
#include "reconstruct/process_memory.hpp"

namespace lauebench {
namespace {

// Measured with launches of 1 and 2 ranks on a CPU; tests/program/test_memory.py holds them to it.
/// Kokkos and OpenMP, from the first kernel on: 2 to 4 MiB with 1 to 16 threads. The driver's context of a GPU lies in
/// host memory too; this is more than the 200 to 400 MiB that it is said to take, and was not measured.
constexpr std::uint64_t host_kernel_start = 4 * bytes_per_mib;
constexpr std::uint64_t gpu_kernel_start = 512 * bytes_per_mib;
/// Touched stack and heap of a thread that a kernel starts: less than 0.1 MiB.
constexpr std::uint64_t thread_start = bytes_per_mib / 8;
/// What nothing else accounts for, code that is touched for the first time and heap between blocks in use: 1 MiB.
constexpr std::uint64_t slack = 2 * bytes_per_mib;
/// A check is made on one rank and before staging: 1.5 MiB. Many ranks have many connections.
constexpr std::uint64_t growth_before_runs = 8 * bytes_per_mib;

/// HDF5 builds the template in memory of its own, from which it is copied.
constexpr std::uint64_t template_copies = 2;
/// The first image is held twice while the cutoff is selected.
constexpr std::uint64_t first_image_copies = 2;

/// Resident when a reconstruction was first thought of in this process, before its first kernel.
std::uint64_t first_resident_bytes() {
  static std::uint64_t const bytes = resident_bytes();
  return bytes;
}

/// Resident memory that the backend keeps for the next reconstruction.
std::uint64_t kept_bytes(kernels::Backend const* backend) {
  return backend == nullptr ? 0 : std::min(backend->kept_host_bytes(), resident_bytes());
}

std::uint64_t kernel_start_bytes(kernels::Backend const* backend, kernels::Execution const& execution) {
  if (backend == nullptr) {
    return 0;
  }
  bool const on_host = backend->info().devices.empty();
  return (on_host ? host_kernel_start : gpu_kernel_start) +
         thread_start * static_cast<std::uint64_t>(execution.threads);
}

}  // namespace

std::uint64_t frame_row_bytes(ScanInfo const& scan) {
  return static_cast<std::uint64_t>(scan.row_bytes()) * static_cast<std::uint64_t>(scan.images());
}

std::uint64_t device_memory_in_effect(ReconstructionParameters const& parameters, kernels::Backend& backend,
                                      kernels::Execution const& execution, int sharers) {
  auto const& asked_mib = parameters.gpu_memory_limit_mib;
  std::uint64_t const free_bytes = backend.free_device_bytes(execution);
  if (free_bytes == 0) {
    return asked_mib && parameters.kernel_loop == KernelLoop::pixels
               ? static_cast<std::uint64_t>(*asked_mib) * bytes_per_mib
               : 0;
  }
  std::uint64_t const asked_bytes = asked_mib ? static_cast<std::uint64_t>(*asked_mib) * bytes_per_mib : free_bytes;
  return memory_limit_in_effect(asked_bytes, free_bytes, sharers);
}

std::uint64_t depth_row_bytes(kernels::ReconstructionJob const& job) {
  return static_cast<std::uint64_t>(job.depths.count) * static_cast<std::uint64_t>(job.columns) *
         size_bytes(job.output_type);
}

// A backend's memory that waits to be used again is resident, and what is taken next is in its place. What a started
// kernel leaves behind is in what is resident now, so that it counts once: all runs of a point see about
// the same and cut the same stripes.
ReconstructionMemory::ReconstructionMemory(ScanReader const& scan, kernels::ReconstructionJob const& job,
                                           kernels::Backend const* backend, kernels::Execution const& execution,
                                           Moment moment)
    : scan_(scan),
      job_(job),
      backend_(backend),
      execution_(execution),
      held_bytes_(std::max(resident_bytes() - kept_bytes(backend),
                           first_resident_bytes() + kernel_start_bytes(backend, execution)) +
                  slack + (moment == Moment::before_runs ? growth_before_runs : 0)) {}

std::uint64_t ReconstructionMemory::fixed_bytes(std::uint64_t template_bytes) const {
  return held_bytes_ + static_cast<std::uint64_t>(scan_.buffer_bytes()) + template_copies * template_bytes;
}

void ReconstructionMemory::require_template_fits(std::uint64_t template_bytes, std::uint64_t limit_bytes) const {
  if (std::uint64_t const needed_bytes = fixed_bytes(template_bytes); needed_bytes > limit_bytes) {
    throw bad_input(
        fmt::format("scan '{}' cannot be reconstructed within the memory limit", scan_.info().path.string()),
        fmt::format(
            "{}; {} MiB of them for copies of what output files have in common with the scan and one another, {} MiB "
            "for the chunks that are being read",
            needed_and_allowed(needed_bytes, limit_bytes), template_copies * template_bytes / bytes_per_mib,
            static_cast<std::uint64_t>(scan_.buffer_bytes()) / bytes_per_mib),
        "raise --memory-limit-mb, or repack the scan in smaller chunks and without other large datasets");
  }
}

void ReconstructionMemory::require_device_row_fits() const {
  if (backend_ == nullptr || execution_.device_memory_bytes == 0) {
    return;
  }
  std::uint64_t const needed_bytes = backend_->least_device_bytes(job_, execution_);
  if (needed_bytes > execution_.device_memory_bytes) {
    throw bad_input(fmt::format("one row of scan '{}' does not fit the GPU's memory limit", scan_.info().path.string()),
                    needed_and_allowed(needed_bytes, execution_.device_memory_bytes),
                    "raise --gpu-memory-limit-mb, let fewer ranks share a GPU, or ask for fewer depths");
  }
}

StripeCost ReconstructionMemory::stripe_cost(std::uint64_t template_bytes, WriterMemory const& writer) const {
  StripeCost cost;
  cost.fixed = fixed_bytes(template_bytes) + writer.fixed +
               first_image_copies * static_cast<std::uint64_t>(scan_.info().image_bytes());
  cost.frames_per_row = frame_row_bytes(scan_.info());
  cost.images_per_row = depth_row_bytes(job_) + writer.per_row;
  cost.workspace = [&job = job_, backend = backend_, execution = execution_](int rows) {
    return backend == nullptr ? 0 : backend->workspace_bytes(job, execution, rows);
  };
  return cost;
}

}  // namespace lauebench
