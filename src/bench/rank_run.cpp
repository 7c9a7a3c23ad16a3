#include "bench/rank_run.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include "bench/outcome_json.hpp"
#include "cluster/start_line.hpp"
#include "reconstruct/reconstruct.hpp"

namespace lauebench {
namespace {

/// The GPUs of a node are dealt to its ranks in turn.
std::optional<GpuUse> choose_gpu(kernels::BackendInfo const& module, LaunchSite const& site, int rank) {
  if (module.devices.empty()) {
    return std::nullopt;
  }
  auto const turn =
      static_cast<std::size_t>(site.nodes.ranks[static_cast<std::size_t>(rank)].local_rank) % module.devices.size();
  kernels::DeviceInfo const& device = module.devices[turn];
  return GpuUse{device.index, device.uuid};
}

}  // namespace

ReconstructionTask make_task(RankRun const& run, Launch const& launch, int rank) {
  RunConfig const& config = launch.config;
  ReconstructionTask task;
  task.scan = run.scan;
  task.geometry = config.geometry;
  task.geometry_text = launch.geometry_text;
  task.output_base = run.output_base;
  task.parameters = config.reconstruction;
  task.memory_limit_bytes = memory_in_effect(launch.site, asked_memory_bytes(config), run.point.parallel, rank);
  task.execution.threads = run.point.threads;
  task.sync = Sync::fsync;
  return task;
}

StartedBackend start_backend(ReconstructionTask& task, Device device, LaunchSite const& site, int rank) {
  StartedBackend started;
  // every rank loaded its modules before the launch's first run, so the alternative cannot be there
  started.backend = std::get<kernels::LoadedBackend>(kernels::load_backend(backend_kind(device))).backend;
  if (device == Device::gpu) {
    started.gpu = choose_gpu(started.backend->info(), site, rank);
    task.execution.device = started.gpu ? started.gpu->index : 0;
  }
  started.backend->start(task.execution);
  return started;
}

kernels::BackendKind backend_kind(Device device) {
  return device == Device::cpu ? kernels::BackendKind::openmp : kernels::BackendKind::cuda;
}

std::string take_part(RankRun const& run, Launch const& launch, Communicator& ranks, double lead_s) {
  LaunchSite const& site = launch.site;
  int const rank = ranks.rank();
  bool const is_active = rank < run.point.parallel;
  RankReport report;
  ReconstructionTask task;
  kernels::Backend* backend = nullptr;
  if (is_active) {
    auto const index = static_cast<std::size_t>(rank);
    report.rank = rank;
    report.host = site.nodes.ranks[index].host;
    report.cpus = site.ranks[index].cpus;
    report.affinity = site.ranks[index].affinity;
    task = make_task(run, launch, rank);
    StartedBackend started = start_backend(task, run.point.device, site, rank);
    backend = started.backend;
    report.gpu = std::move(started.gpu);
  }
  task.peak_memory = prepare_measurement();
  double const start_s = wait_at_start_line(ranks, site.nodes, lead_s).start_s;
  if (!is_active) {
    return {};
  }
  report.outcome = reconstruct(task, *backend);
  report.outcome.start_s -= start_s;
  report.outcome.end_s -= start_s;
  return to_message(report);
}

}  // namespace lauebench
