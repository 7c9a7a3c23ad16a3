#include "bench/launch.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "bench/earlier_runs.hpp"
#include "bench/launch_scans.hpp"
#include "bench/output_verification.hpp"
#include "bench/rank_run.hpp"
#include "bench/results_place.hpp"
#include "bench/site_json.hpp"
#include "bench/thread_trial.hpp"
#include "bench/trace_place.hpp"
#include "config/config_json.hpp"
#include "config/error.hpp"
#include "config/normal_path.hpp"
#include "config/units.hpp"
#include "io/geometry_reader.hpp"
#include "kokkos_kernels/backend_loader.hpp"
#include "reconstruct/kokkos_tool.hpp"
#include "reconstruct/reconstruction_memory.hpp"
#include "staging/target_inspection.hpp"

namespace lauebench {
namespace {

/// What rank 0 alone can decide, so that all ranks agree: "<session id> <seed>".
struct RootChoice {
  std::string session_id;
  std::uint64_t seed = 0;
};

/// A launch that resumes another goes on in its order.
RootChoice choose_on_root(Communicator& ranks, std::optional<EarlierRuns> const& earlier) {
  std::string const told = on_root(
      ranks, [&earlier] { return fmt::format("{} {}", make_session_id(), earlier ? earlier->seed : draw_seed()); });
  auto const blank = told.find(' ');
  RootChoice choice{told.substr(0, blank), 0};
  std::from_chars(told.data() + blank + 1, told.data() + told.size(), choice.seed);
  return choice;
}

/// Records name files in a way that still holds when they are read elsewhere.
RunConfig with_absolute_paths(RunConfig config) {
  // the one name that everything goes by from here on: replicas, outputs, locks and the plan's identity
  config.staging_dir = real_path(config.staging_dir);
  for (std::filesystem::path& scan : config.h5) {
    scan = absolute_path(scan);
  }
  config.geometry = absolute_path(config.geometry);
  for (std::filesystem::path* const path : {&config.results, &config.golden_digest, &config.trace}) {
    if (!path->empty()) {
      *path = absolute_path(*path);
    }
  }
  return config;
}

std::string reason_of(BackendFacts const& backend) {
  auto const* unknown = std::get_if<Unknown>(&backend.module);
  return unknown != nullptr ? unknown->reason : "";
}

/// The first rank's reason why a module cannot be used, on every rank; empty when all can use it.
std::string first_reason(Communicator& ranks, Nodes const& nodes, BackendFacts const& backend) {
  std::vector<std::string> const reasons = ranks.gather(reason_of(backend));
  std::string first;
  for (std::size_t rank = 0; rank < reasons.size() && first.empty(); ++rank) {
    if (!reasons[rank].empty()) {
      first = nodes.count == 1 ? reasons[rank] : fmt::format("{} on {}", reasons[rank], nodes.ranks[rank].host);
    }
  }
  return ranks.broadcast(first);
}

/// Loads the modules that the grid needs on every rank. Returns why GPU points cannot run; empty when they can or there
/// are none.
std::string load_backends(Launch& launch, Communicator& ranks) {
  std::string gpu_unavailable;
  if (launch.config.mode != Mode::gpu) {
    launch.environment.backends.push_back(read_backend(kernels::BackendKind::openmp));
    std::string const reason = first_reason(ranks, launch.site.nodes, launch.environment.backends.back());
    if (!reason.empty()) {
      throw AgreedError(ReturnCode::bad_input, "the module for CPUs cannot be used", reason,
                        "build it (./bootstrap demo), or set LAUEBENCH_MODULE_DIR to its folder");
    }
  }
  if (launch.config.mode != Mode::cpu) {
    int const gpu = gpu_of(launch.site, ranks.rank(), gpus_of(launch.config));
    launch.environment.backends.push_back(read_backend(kernels::BackendKind::cuda, gpu));
    gpu_unavailable = first_reason(ranks, launch.site.nodes, launch.environment.backends.back());
  }
  return gpu_unavailable;
}

/// The GPU that this rank computes on in GPU points.
Reading<GpuUse> own_gpu(Launch const& launch, int rank) {
  auto const& backends = launch.environment.backends;
  auto const cuda = std::ranges::find(backends, kernels::to_string(kernels::BackendKind::cuda), &BackendFacts::name);
  if (cuda == backends.end()) {
    return RankSite().gpu;
  }
  if (auto const* const unknown = std::get_if<Unknown>(&cuda->module)) {
    return *unknown;
  }
  return describe_gpu(std::get<ModuleFacts>(cuda->module).info, gpu_of(launch.site, rank, gpus_of(launch.config)));
}

/// Lets every rank know which rank uses which GPU.
void note_gpus(Launch& launch, Communicator& ranks) {
  std::vector<std::string> const messages = gather_on_all(ranks, to_message(own_gpu(launch, ranks.rank())));
  for (std::size_t rank = 0; rank < messages.size(); ++rank) {
    launch.site.ranks[rank].gpu = gpu_reading_from_message(messages[rank]);
  }
}

/// The module that points of a device run on; none where it cannot be used.
kernels::Backend* backend_of(Device device) {
  kernels::BackendResult const result = kernels::load_backend(backend_kind(device));
  auto const* const loaded = std::get_if<kernels::LoadedBackend>(&result);
  return loaded != nullptr ? loaded->backend : nullptr;
}

/// As much of its device's memory as rank 0 will have; those that share the other GPUs of its node are no more.
std::uint64_t device_memory_of(Launch const& launch, ReconstructionTask const& task, kernels::Backend* backend,
                               GridPoint const& point) {
  return backend == nullptr
             ? 0
             : device_memory_in_effect(task.parameters, *backend, task.execution,
                                       gpu_sharers(launch.site, point.ranks_on_nodes, 0, gpus_of(launch.config)));
}

/// Each point with as much memory as its ranks will have: how much a kernel needs depends on device and threads.
ReconstructionNeeds check_points(Launch const& launch, ReconstructionTask task) {
  if (launch.plan.points.empty()) {
    task.memory_limit_bytes = smallest_memory_in_effect(launch);
    return check_task(task, nullptr);
  }
  std::set<std::tuple<Device, int, Precision, std::uint64_t, std::uint64_t>> checked;
  ReconstructionNeeds needs;
  for (GridPoint const& point : launch.plan.points) {
    task.parameters = parameters_of(launch.config, point);
    task.execution.threads = point.threads;
    task.memory_limit_bytes =
        smallest_memory_in_effect(launch.site, asked_memory_bytes(launch.config), point.ranks_on_nodes);
    kernels::Backend* const backend = backend_of(point.device);
    task.execution.device_memory_bytes = device_memory_of(launch, task, backend, point);
    if (checked
            .emplace(point.device, point.threads, point.precision, task.memory_limit_bytes,
                     task.execution.device_memory_bytes)
            .second) {
      needs = check_task(task, backend);
    }
  }
  return needs;
}

ReconstructionNeeds check_inputs(Launch const& launch) {
  RunConfig const& config = launch.config;
  ReconstructionTask task;
  task.geometry = config.geometry;
  task.geometry_text = launch.geometry_text;
  task.output_base = config.staging_dir / "output" / "out";
  task.parameters = config.reconstruction;
  task.parameters.precision = config.precisions.front();  // for a dry run that has no points
  std::vector<ReconstructionNeeds> needs;
  for (std::filesystem::path const& scan : config.h5) {
    task.scan = scan;
    needs.push_back(check_points(launch, task));
  }
  return join_needs(config.h5, needs);
}

std::string first_difference(nlohmann::ordered_json const& one, nlohmann::ordered_json const& other) {
  for (auto const& [name, value] : one.items()) {
    if (other.at(name) != value) {
      return name;
    }
  }
  return "none";
}

/// All options but those of what is shown, which a rank may take from its own environment.
nlohmann::ordered_json options_of_the_work(RunConfig const& config) {
  nlohmann::ordered_json options = to_json(config);
  options.erase("verbose");
  options.erase("progress");
  return options;
}

/// A rank with other options, of another --config file for instance, would do other work or wait for ever.
void require_same_options(RunConfig const& config, Communicator& ranks) {
  std::vector<std::string> const texts =
      ranks.gather(options_of_the_work(config).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  static_cast<void>(on_root(ranks, [&texts] {
    auto const other = std::ranges::find_if(texts, [&texts](auto const& text) { return text != texts.front(); });
    if (other != texts.end()) {
      throw bad_input("ranks were started with different options",
                      fmt::format("'{}' of rank {} is not that of rank 0",
                                  first_difference(nlohmann::ordered_json::parse(texts.front()),
                                                   nlohmann::ordered_json::parse(*other)),
                                  other - texts.begin()),
                      "start all ranks with the same command line and the same --config file");
    }
    return std::string();
  }));
}

}  // namespace

std::uint64_t asked_memory_bytes(RunConfig const& config) {
  return static_cast<std::uint64_t>(config.reconstruction.memory_limit_mib) * bytes_per_mib;
}

std::uint64_t smallest_memory_in_effect(Launch const& launch) {
  std::vector<int> one_rank(launch.plan.readers_on_nodes.size());
  one_rank.front() = 1;
  std::uint64_t const asked = asked_memory_bytes(launch.config);
  std::uint64_t least = smallest_memory_in_effect(launch.site, asked, one_rank);
  for (GridPoint const& point : launch.plan.points) {
    least = std::min(least, smallest_memory_in_effect(launch.site, asked, point.ranks_on_nodes));
  }
  return least;
}

Launch prepare_launch(RunConfig const& config, Communicator& ranks, std::vector<std::string> command_line) {
  require_same_options(config, ranks);
  Launch launch;
  launch.config = on_all_ranks(ranks, [&config] { return with_absolute_paths(config); });
  launch.config.placement = placement_of(config);
  launch.command_line = std::move(command_line);
  launch.site = survey_launch(ranks, launch.config.bind);
  if (launch.config.results.empty()) {
    launch.config.results = on_root(ranks, [&launch] {
      return choose_results(launch.config, launch.site.nodes.count, environment_variable).string();
    });
  }
  std::optional<EarlierRuns> earlier;  // rank 0 alone
  static_cast<void>(on_root(ranks, [&earlier, &launch] {
    earlier = runs_to_resume(launch.config);
    return std::string();
  }));
  RootChoice const choice = choose_on_root(ranks, earlier);
  launch.session_id = choice.session_id;
  static_cast<void>(on_all_ranks(ranks, [&config] {
    require_usable(config.profile);
    return 0;
  }));
  launch.environment = read_environment();
  std::string const gpu_unavailable = load_backends(launch, ranks);
  note_gpus(launch, ranks);
  launch.plan = on_all_ranks(ranks, [&launch, &gpu_unavailable, &choice] {
    return make_plan(launch.config, {launch.site.nodes.sizes(), gpu_unavailable}, choice.seed);
  });
  launch.geometry_text = on_root(ranks, [&launch] { return read_geometry_file(launch.config.geometry); });
  static_cast<void>(on_root(ranks, [&launch, &earlier] {
    check_staging_place(launch.config.staging_dir);
    require_different_scans(launch.config.h5);
    launch.needs = check_inputs(launch);
    check_results_place(launch.config);
    if (earlier) {
      require_same_work(*earlier, launch.config, launch.plan);
    }
    check_trace_place(launch.config);
    if (launch.config.verify == Verification::golden) {
      launch.golden_digests = read_golden_digests(launch.config.golden_digest, launch.config.h5.size());
    }
    return std::string();
  }));
  if (launch.config.dry_run == DryRun::no) {
    check_thread_counts(launch.plan, launch.site, ranks);
  }
  return launch;
}

}  // namespace lauebench
