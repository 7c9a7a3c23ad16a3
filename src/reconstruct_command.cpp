#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/log.hpp"
#include "bench/thread_trial.hpp"
#include "cluster/binding.hpp"
#include "cluster/memory.hpp"
#include "commands.hpp"
#include "config/error.hpp"
#include "config/say.hpp"
#include "config/shared_options.hpp"
#include "config/units.hpp"
#include "kokkos_kernels/backend_loader.hpp"
#include "reconstruct/kokkos_tool.hpp"
#include "reconstruct/reconstruct.hpp"
#include "reconstruct/reconstruction_memory.hpp"

namespace lauebench {
namespace {

constexpr int sole_user = 1;

void check_output(std::filesystem::path const& output, std::filesystem::path const& scan) {
  std::filesystem::path const folder = output.has_parent_path() ? output.parent_path() : ".";
  std::error_code unreadable;
  if (!std::filesystem::is_directory(folder, unreadable)) {
    throw bad_input(fmt::format("cannot write depth images {}<m>.h5", output.string()),
                    fmt::format("folder {} does not exist", folder.string()), "create it or choose another --output");
  }
  if (!output.has_filename()) {
    throw bad_input(fmt::format("cannot write depth images into {}", output.string()),
                    "the files' common name is missing",
                    fmt::format("give one, for instance --output {}out", output.string()));
  }
  if (std::filesystem::equivalent(output, scan, unreadable)) {
    throw bad_input(fmt::format("cannot write depth images {}<m>.h5", output.string()), "that is the scan itself",
                    "choose another --output");
  }
}

kernels::Backend& load(kernels::BackendKind kind, int device) {
  kernels::BackendResult const result = kernels::load_backend(kind, device);
  if (auto const* loaded = std::get_if<kernels::LoadedBackend>(&result)) {
    return *loaded->backend;
  }
  throw bad_input(fmt::format("backend {} cannot be used", kernels::to_string(kind)),
                  std::get<kernels::BackendUnavailable>(result).reason,
                  "see laue-bench info, or choose another --backend");
}

/// For a GPU that is not there the module of the first one is taken: check_device says so.
kernels::Backend& choose_backend(BackendChoice choice, int device) {
  if (choice == BackendChoice::openmp) {
    return load(kernels::BackendKind::openmp, 0);
  }
  int const gpu = device < kernels::gpu_count() ? device : 0;
  bool const has_gpu =
      std::holds_alternative<kernels::LoadedBackend>(kernels::load_backend(kernels::BackendKind::cuda, gpu));
  return load(has_gpu || choice == BackendChoice::cuda ? kernels::BackendKind::cuda : kernels::BackendKind::openmp,
              gpu);
}

/// What the kernel cannot do on this backend is said before anything is read or written.
void check_device(ReconstructConfig const& config, kernels::BackendInfo const& module) {
  bool const is_gpu = !module.devices.empty();
  if (config.device >= static_cast<int>(std::max<std::size_t>(1, module.devices.size()))) {
    throw bad_input(fmt::format("--device {} is not there", config.device),
                    is_gpu ? fmt::format("there are {} GPUs, counted from 0", module.devices.size())
                           : fmt::format("the {} backend computes on the CPU", module.name),
                    "see laue-bench info");
  }
  if (is_gpu && config.reconstruction.kernel_loop == KernelLoop::tiles) {
    throw bad_input("--kernel-loop tiles on a GPU", "tiles are a loop for CPUs", "leave it out, or use pixels");
  }
}

void check_threads(int threads, kernels::Backend const& backend) {
  if (backend.info().name == kernels::to_string(kernels::BackendKind::openmp)) {
    require_threads(threads, current_affinity().size(), fmt::format("--threads {} cannot be run", threads));
  }
}

ReconstructionTask make_task(ReconstructConfig const& config) {
  ReconstructionTask task;
  task.scan = config.h5;
  task.geometry = config.geometry;
  task.output_base = config.output;
  task.parameters = config.reconstruction;
  task.memory_limit_bytes = memory_limit_in_effect(
      static_cast<std::uint64_t>(config.reconstruction.memory_limit.mib) * bytes_per_mib, available_memory_bytes(), 1);
  task.execution.threads =
      config.threads > 0 ? config.threads : std::min(max_kernel_threads, static_cast<int>(current_affinity().size()));
  task.execution.device = config.device;
  task.execution.tool = config.profile;
  return task;
}

void log_plan(ReconstructConfig const& config, ReconstructionTask const& task, ReconstructionNeeds const& needs) {
  constexpr std::string_view no_limit = "as overlap and memory limit have it";
  spdlog::debug("{} images of {} x {} pixels, {} bytes: {} depth images, {} bytes", needs.images, needs.rows,
                needs.columns, needs.input_bytes, needs.depths, needs.output_bytes);
  spdlog::debug("rows per stripe {}, memory limit {} MiB in effect",
                config.reconstruction.rows_per_stripe ? fmt::format("{}", *config.reconstruction.rows_per_stripe)
                                                      : std::string(no_limit),
                task.memory_limit_bytes / bytes_per_mib);
}

void log_memory(RankOutcome const& outcome) {
  MemoryUse const& memory = outcome.memory;
  spdlog::debug("{} stripe{} of {} rows, {} bytes of frames and images each; workspace {} bytes, peak {} bytes",
                outcome.stripes, outcome.stripes == 1 ? "" : "s", outcome.rows_per_stripe, memory.stripe_bytes,
                memory.workspace_bytes, memory.peak_rss_bytes);
  if (memory.device_bytes > 0) {
    spdlog::debug("{} bytes of the device's memory, {} allowed; {} bytes of the stripes' memory page-locked",
                  memory.device_bytes, memory.device_limit_bytes, memory.page_locked_bytes);
  }
}

void log_phases(PhaseTimes const& phases) {
  constexpr std::array<std::pair<std::string_view, double PhaseTimes::*>, 13> names{
      {{"open", &PhaseTimes::open_s},
       {"wait for reading", &PhaseTimes::wait_read_s},
       {"compute", &PhaseTimes::compute_s},
       {"wait for writing", &PhaseTimes::wait_write_s},
       {"fsync", &PhaseTimes::fsync_s},
       {"close", &PhaseTimes::close_s},
       {"other", &PhaseTimes::other_s},
       {"read (busy)", &PhaseTimes::read_s},
       {"kernel (busy)", &PhaseTimes::kernel_s},
       {"compress (busy)", &PhaseTimes::compress_s},
       {"write (busy)", &PhaseTimes::write_s},
       {"copy to device (busy)", &PhaseTimes::copy_to_device_s},
       {"copy to host (busy)", &PhaseTimes::copy_to_host_s}}};
  for (auto const& [name, seconds] : names) {
    spdlog::trace("{}: {:.6f} s", name, phases.*seconds);
  }
  if (phases.decompress_s) {
    spdlog::trace("decompress (busy): {:.6f} s", *phases.decompress_s);
  }
}

/// One line: what was done, how long its phases took, how fast it was.
std::string outcome_text(RankOutcome const& outcome) {
  PhaseTimes const& phases = outcome.phases;
  double const seconds = outcome.elapsed_s;
  std::string text = fmt::format(
      "{} depth images of {} x {} pixels from {} images in {:.3f} s (open {:.3f}, wait for reading {:.3f}, compute "
      "{:.3f}, "
      "wait for writing {:.3f}, fsync {:.3f}, close {:.3f}, other {:.3f})",
      outcome.depths, outcome.rows, outcome.columns, outcome.images, seconds, phases.open_s, phases.wait_read_s,
      phases.compute_s, phases.wait_write_s, phases.fsync_s, phases.close_s, phases.other_s);
  text += fmt::format(", {:.3e} pixel-steps/s, {} {}, ", outcome.pixel_steps() / seconds, outcome.backend,
                      outcome.architecture);
  if (outcome.threads_counted > 0) {
    text += fmt::format("{} thread{}, ", outcome.threads_counted, outcome.threads_counted == 1 ? "" : "s");
  }
  return text + fmt::format("{} files, {} bytes", outcome.io.files_written, outcome.io.bytes_written);
}

void warn_if_empty(RankOutcome const& outcome) {
  if (outcome.images_are_empty) {
    spdlog::warn(
        "all depth images are empty (no pixel of {} has an intensity): check depth range, geometry and "
        "--percent-brightest",
        outcome.depths);
  }
}

}  // namespace

int run_reconstruct_command(ReconstructConfig const& config) {
  set_up_logging(config.verbose, Speaker::root, ProgressStyle::silent);
  check_output(config.output, config.h5);
  ReconstructionTask task = make_task(config);
  require_usable(config.profile);
  kernels::Backend& backend = choose_backend(config.backend, config.device);
  check_device(config, backend.info());
  task.execution.device_memory_bytes =
      device_memory_in_effect(config.reconstruction, backend, task.execution, sole_user);
  log_plan(config, task, check_task(task, &backend));
  check_threads(task.execution.threads, backend);
  backend.start(task.execution);
  task.peak_memory = prepare_measurement();
  RankOutcome const outcome = reconstruct(task, backend);
  log_memory(outcome);
  log_phases(outcome.phases);
  if (outcome.code != ReturnCode::ok) {
    say(stderr, fmt::format("laue-bench: error: {}\n", outcome.error));
    return static_cast<int>(outcome.code);
  }
  warn_if_empty(outcome);
  if (config.verbose >= 1) {
    say(stdout, outcome_text(outcome) + '\n');
  }
  return static_cast<int>(outcome.code);
}

}  // namespace lauebench
