#include "bench/rank_run.hpp"

#include <cerrno>
#include <cstddef>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <sys/stat.h>

#include "bench/gpu_choice.hpp"
#include "bench/outcome_json.hpp"
#include "bench/peak_reading.hpp"
#include "bench/read_back.hpp"
#include "bench/run_limits.hpp"
#include "bench/shared_files.hpp"
#include "cluster/monotonic_clock.hpp"
#include "config/error.hpp"
#include "io/depth_image_digest.hpp"
#include "reconstruct/reconstruct.hpp"
#include "reconstruct/reconstruction_memory.hpp"
#include "reconstruct/record_failure.hpp"

namespace lauebench {
namespace {

kernels::Backend& loaded_backend(Device device, int gpu) {
  // every rank loaded its modules before the launch's first run, so the alternative cannot be there
  return *std::get<kernels::LoadedBackend>(kernels::load_backend(backend_kind(device), gpu)).backend;
}

/// Memory that a GPU's module keeps for this rank's next run there would be missing to whoever computes now.
void free_memory_kept_elsewhere(RunConfig const& config, int gpu, kernels::Backend const* in_use) {
  if (config.mode == Mode::cpu) {
    return;
  }
  auto const result = kernels::load_backend(kernels::BackendKind::cuda, gpu);
  auto const* const cuda = std::get_if<kernels::LoadedBackend>(&result);
  if (cuda != nullptr && cuda->backend != in_use) {
    cuda->backend->free_kept_host_memory();
  }
}

/// A run that read another scan, or two halves of two, is no run of this launch.
void require_same_scan(RankRun const& run, RankOutcome& outcome) {
  if (outcome.code != ReturnCode::ok) {
    return;
  }
  try {
    if (run.replica->is_unchanged()) {
      return;
    }
    outcome.error = fmt::format(
        "replica '{}' cannot be trusted (it was changed or replaced since it was staged): start "
        "again, it will be made anew",
        run.scan.string());
  } catch (Error const& problem) {
    outcome.error = problem.what();
  }
  outcome.code = ReturnCode::io_error;
}

/// What was written, as it can be read from its files.
StoredDepthImages stored_images(RankRun const& run, RankOutcome const& outcome) {
  OutputLayout const layout = run.point.output_layout;
  if (layout == OutputLayout::shared) {
    return {run.shared_base, outcome.depths, outcome.rows, outcome.columns, layout, *run.index};
  }
  return {run.output_base, outcome.depths, outcome.rows, outcome.columns, layout};
}

/// What is done with frames and images when the clock of the run stands.
template <class Look>
void look(RankReport& report, Look const& look_at) {
  double const start_s = monotonic_s();
  record_failure(report.outcome, [&look_at] { look_at(signal_cancellation()); });
  report.digest_s += monotonic_s() - start_s;
}

/// Before any rank reads them back, for several may have written one file.
void send_images_to_storage(RankRun const& run, int threads, RankReport& report) {
  if (report.outcome.code == ReturnCode::ok) {
    look(report, [&](Cancellation const& cancellation) {
      report.digest_resident = send_to_storage(stored_images(run, report.outcome), threads, cancellation);
    });
  }
}

void add_digest(StoredDepthImages const& images, ReadBack read_back, int threads, RankReport& report) {
  look(report, [&](Cancellation const& cancellation) {
    double const read_start_s = monotonic_s();
    report.digest = digest_of(images, threads, cancellation);
    if (read_back == ReadBack::on) {
      report.read_back_s = monotonic_s() - read_start_s;
    }
  });
}

/// Of a rank that read through MPI-IO.
void prove_frames(SharedFiles const& files, int threads, RankReport& report) {
  if (files.input && report.outcome.code == ReturnCode::ok) {
    look(report, [&](Cancellation const& cancellation) { files.input->require_as_stored(threads, cancellation); });
  }
}

/// Digest and accuracy, where --verify lets anybody look at the depth images.
void look_at_images(RankRun const& run, RunConfig const& config, int threads, TruthJudge& truth, RankReport& report) {
  if (config.verify == Verification::none) {
    report.accuracy = Unknown{"--verify none: nobody looks at the depth images"};
    return;
  }
  if (report.outcome.code != ReturnCode::ok) {
    return;
  }
  auto const images = stored_images(run, report.outcome);
  add_digest(images, config.read_back, threads, report);
  if (report.outcome.code == ReturnCode::ok) {
    report.accuracy = truth.judge(report.digest, images);
  }
}

/// From this rank's clock to seconds after the agreed start on the launch's timeline.
void put_on_timeline(RankOutcome& outcome, StartLine const& line, double agreed_s) {
  auto const put = [&line, agreed_s](double& moment_s) { moment_s = line.on_timeline(moment_s) - agreed_s; };
  put(outcome.start_s);
  put(outcome.end_s);
  if (!outcome.intervals) {
    return;
  }
  for (Phase const phase : all_phases) {
    for (Interval& interval : outcome.intervals->of(phase)) {
      put(interval.begin_s);
      put(interval.end_s);
    }
  }
}

/// The report of a rank whose reconstruction is still to come.
RankReport report_of(RankRun const& run, LaunchSite const& site, int rank) {
  auto const index = static_cast<std::size_t>(rank);
  RankReport report;
  report.rank = rank;
  report.node_index = site.nodes.ranks[index].node;
  report.host = site.nodes.ranks[index].host;
  report.replica = run.replica_number;
  report.cores = run.cores;
  report.cache.state_reason = report.cache.resident_reason = "the rank did not come to look at its replica";
  return report;
}

/// Memory that the replicas of a node can lie in together, this rank's share.
std::uint64_t cache_share_bytes(LaunchSite const& site, GridPoint const& point, int rank) {
  return memory_in_effect(site, std::numeric_limits<std::uint64_t>::max(), point.ranks_on_nodes, rank);
}

void read_gpu(std::optional<GpuUse>& gpu, GpuState GpuUse::*moment) {
  if (gpu) {
    (*gpu).*moment = nvml().state(gpu->pci_bus_id);
  }
}

/// Watches the memory of the rank's GPU, if it computes on one, from now on.
void watch_memory(std::optional<GpuUse> const& gpu, std::optional<PeakReading>& peak) {
  if (gpu) {
    peak.emplace([&bus_id = gpu->pci_bus_id] { return nvml().memory_used_bytes(bus_id); }, gpu_memory_interval_s);
  }
}

/// A rank on its way to the start line.
struct ReadyRank {
  RankReport report;  ///< its outcome tells why it is not ready, if it is not
  ReconstructionTask task;
  kernels::Backend* backend = nullptr;  ///< none: the point leaves the rank idle
  SharedFiles files;
};

/// Also, somebody may have put a link to a folder of the user's in its place since it was made.
void require_own_folder(RankRun const& run) {
  if (run.obstacle) {
    throw Error(ReturnCode::io_error, run.obstacle->what());
  }
  std::filesystem::path const folder = run.output_base.parent_path();
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0) {
    throw io_error(fmt::format("cannot write to '{}'", folder.string()), errno,
                   "look who else uses the staging folder");
  }
  if (!S_ISDIR(status.st_mode) || !posix::is_ours(status)) {
    throw Error(ReturnCode::io_error, fmt::format("cannot write to '{}'", folder.string()),
                "it is not the folder that was made for the run", "look who else uses the staging folder");
  }
}

/// All that comes before the clocks and counters of a run, in the order in which memory becomes free and is taken.
void get_ready(ReadyRank& ready, RankRun const& run, Launch const& launch, int rank, CacheControl& cache) {
  LaunchSite const& site = launch.site;
  if (run.index) {
    require_own_folder(run);
    ready.task = make_task(run, launch, rank);
    StartedBackend started = start_backend(ready.task, run.point, launch, rank);
    ready.backend = started.backend;
    ready.report.gpu = std::move(started.gpu);
  }
  free_memory_kept_elsewhere(launch.config, gpu_of(site, rank), ready.backend);
  if (ready.backend != nullptr) {
    ready.report.cache = cache.prepare(cache_share_bytes(site, run.point, rank));
  }
  ready.task.peak_memory = prepare_measurement();
}

/// What goes wrong on one rank fails its run: the others wait for it at the start line.
ReadyRank make_ready(RankRun const& run, Launch const& launch, int rank, CacheControl& cache) {
  ReadyRank ready;
  if (run.index) {
    ready.report = report_of(run, launch.site, rank);
  }
  record_failure(ready.report.outcome, [&] { get_ready(ready, run, launch, rank, cache); });
  return ready;
}

void reconstruct_if_ready(Launch const& launch, ReadyRank& ready) {
  RankOutcome& outcome = ready.report.outcome;
  if (outcome.code != ReturnCode::ok) {
    outcome.threads_asked = ready.task.execution.threads;
    outcome.start_s = outcome.end_s = monotonic_s();
    ready.files.give_up(Error(outcome.code, outcome.error));
    return;
  }
  ProcessUsage const used_before = process_usage();
  ready.task.cancellation = cancellation_of(launch.config);
  outcome = reconstruct(ready.task, *ready.backend);
  ready.report.usage = process_usage() - used_before;
}

/// From now on this rank, which did its part of the run in `own_s`, does not wait for ever.
void limit_waits_after(double own_s, RankRun const& run, Communicator& ranks) {
  if (!run.wait_limit) {
    ranks.limit_waits(wait_limit_after(own_s, speaker_of(ranks), run.name));
  }
}

/// From the start line until the last rank has reconstructed; from then on no rank waits longer than the run allows.
/// Returns the agreed start on the timeline.
double reconstruct_together(RankRun const& run, Launch const& launch, StartLine& line, ReadyRank& ready) {
  line.ranks().limit_waits(run.wait_limit.value_or(wait_limit_of_unknown(speaker_of(line.ranks()), run.name)));
  double const agreed_s = line.wait().timeline_s;
  if (run.index) {
    reconstruct_if_ready(launch, ready);
    RankOutcome const& outcome = ready.report.outcome;
    if (ready.files.have_lost_ranks()) {
      throw Error(outcome.code, outcome.error);  // the others would wait for this one in another place
    }
    if (outcome.code == ReturnCode::ok) {  // who failed at once knows nothing of how long the others take
      limit_waits_after(outcome.end_s - outcome.start_s, run, line.ranks());
    }
  }
  // counters are read when nobody reconstructs any more, and digests take neither energy nor time from those who do
  line.ranks().barrier();
  ready.files.close();
  return agreed_s;
}

/// What was read and written, when nobody reconstructs any more. Collective with --read-back.
void look_at_results(RankRun const& run, Launch const& launch, StartLine& line, ReadyRank& ready, TruthJudge& truth) {
  RankReport& report = ready.report;
  int const threads = ready.task.execution.threads;
  bool const has_results = run.index.has_value();
  if (has_results) {
    require_same_scan(run, report.outcome);
    prove_frames(ready.files, threads, report);
  }
  if (launch.config.read_back == ReadBack::on) {
    if (has_results) {
      send_images_to_storage(run, threads, report);
    }
    line.ranks().barrier();
  }
  if (has_results) {
    look_at_images(run, launch.config, threads, truth, report);
  }
}

}  // namespace

GpuUse describe_gpu(kernels::BackendInfo const& module, int device) {
  GpuUse gpu;
  gpu.index = device;
  gpu.visible = static_cast<int>(module.devices.size());
  for (kernels::DeviceInfo const& found : module.devices) {
    if (found.index == device) {
      gpu.uuid = found.uuid;
      gpu.pci_bus_id = found.pci_bus_id;
    }
  }
  return gpu;
}

ReconstructionTask make_task(RankRun const& run, Launch const& launch, int rank) {
  RunConfig const& config = launch.config;
  ReconstructionTask task;
  task.scan = run.scan;
  task.geometry = config.geometry;
  task.geometry_text = launch.geometry_text;
  task.output_base = run.output_base;
  task.parameters = parameters_of(config, run.point);
  task.memory_limit_bytes = memory_in_effect(launch.site, asked_memory_bytes(config), run.point.ranks_on_nodes, rank);
  task.execution.threads = run.point.threads;
  task.execution.tool = config.profile;
  task.sync = config.sync;
  task.input_access = config.input_access;
  task.trace = config.trace.empty() ? PhaseTrace::none : PhaseTrace::intervals;
  return task;
}

StartedBackend start_backend(ReconstructionTask& task, GridPoint const& point, Launch const& launch, int rank) {
  int const gpu = gpu_of(launch.site, rank);
  int const sharers = gpu_sharers(launch.site, point.ranks_on_nodes, rank);
  StartedBackend started;
  started.backend = &loaded_backend(point.device, gpu);
  if (point.device == Device::gpu) {
    started.gpu = describe_gpu(started.backend->info(), gpu);
    started.gpu->sharers = sharers;
    task.execution.device = gpu;
  }
  task.execution.device_memory_bytes =
      device_memory_in_effect(task.parameters, *started.backend, task.execution, sharers);
  started.backend->start(task.execution);
  return started;
}

kernels::BackendKind backend_kind(Device device) {
  return device == Device::cpu ? kernels::BackendKind::openmp : kernels::BackendKind::cuda;
}

std::string take_part(RankRun const& run, Launch const& launch, StartLine& line, CacheControl& cache,
                      TruthJudge& truth) {
  int const rank = line.ranks().rank();
  NodeMeter node(launch.site.nodes.ranks[static_cast<std::size_t>(rank)]);
  ReadyRank ready = make_ready(run, launch, rank, cache);
  RankReport& report = ready.report;
  // who is ready early would else count the energy of waiting for the others' replicas
  line.ranks().barrier();
  ready.files = share_files(run, launch.config, line.ranks());
  ready.task.shared_input = ready.files.input.get();
  ready.task.shared_output = ready.files.output.get();
  read_gpu(report.gpu, &GpuUse::at_start);
  std::optional<PeakReading> gpu_memory;
  watch_memory(report.gpu, gpu_memory);
  node.begin();
  double const agreed_s = reconstruct_together(run, launch, line, ready);
  node.end();
  report.node = node.use();
  read_gpu(report.gpu, &GpuUse::at_end);
  if (gpu_memory) {
    report.gpu->peak_memory_used_bytes = gpu_memory->end();
  }
  look_at_results(run, launch, line, ready, truth);
  line.measure_clocks();
  if (!run.index) {
    return {};
  }
  report.agreed_start_s = agreed_s;
  put_on_timeline(report.outcome, line, agreed_s);
  return to_message(report);
}

}  // namespace lauebench
