#include "bench/launch.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "bench/earlier_runs.hpp"
#include "bench/gpu_choice.hpp"
#include "bench/launch_needs.hpp"
#include "bench/launch_scans.hpp"
#include "bench/output_verification.hpp"
#include "bench/rank_run.hpp"
#include "bench/results_place.hpp"
#include "bench/side_file.hpp"
#include "bench/site_json.hpp"
#include "bench/thread_trial.hpp"
#include "config/config_json.hpp"
#include "config/error.hpp"
#include "config/normal_path.hpp"
#include "config/option_value.hpp"
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

/// Its text was checked when it was given; that of the folder it is relative to was not.
std::filesystem::path recordable_path(std::filesystem::path const& path, char const* option) {
  return checked_text(absolute_path(path).string(), {option, {}});
}

/// Records name files in a way that still holds when they are read elsewhere.
RunConfig with_absolute_paths(RunConfig config) {
  for (std::filesystem::path& target : config.staging_dirs) {
    // the one name that everything goes by from here on: replicas, outputs, locks and the plan's identity
    target = checked_text(real_path(target).string(), {"--staging-dir", {}});
  }
  for (std::filesystem::path& scan : config.h5) {
    scan = recordable_path(scan, "--h5");
  }
  config.geometry = recordable_path(config.geometry, "--geometry");
  for (auto const& [path, option] :
       {std::pair(&config.results, "--results"), std::pair(&config.golden_digest, "--golden-digest"),
        std::pair(&config.trace, "--trace"), std::pair(&config.telemetry, "--telemetry")}) {
    if (!path->empty()) {
      *path = recordable_path(*path, option);
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

/// The GPU for this rank, before a module is loaded for it.
int chosen_gpu(Launch const& launch, int rank) {
  GpuPinning const pinning = launch.config.gpu_pinning;
  return choose_gpu(pinning, launch.site, rank, cpus_near_gpus(pinning));
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
    int const gpu = chosen_gpu(launch, ranks.rank());
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
  return describe_gpu(std::get<ModuleFacts>(cuda->module).info, chosen_gpu(launch, rank));
}

/// Lets every rank know which rank uses which GPU.
void note_gpus(Launch& launch, Communicator& ranks) {
  std::vector<std::string> const messages = gather_on_all(ranks, to_message(own_gpu(launch, ranks.rank())));
  for (std::size_t rank = 0; rank < messages.size(); ++rank) {
    launch.site.ranks[rank].gpu = gpu_reading_from_message(messages[rank]);
  }
}

/// Lines of id and reason, the form in which they travel.
std::string to_lines(std::map<std::string, std::string> const& reasons) {
  std::string lines;
  for (auto const& [id, reason] : reasons) {
    lines += fmt::format("{} {}\n", id, reason);
  }
  return lines;
}

std::map<std::string, std::string> reasons_in(std::string const& lines) {
  std::map<std::string, std::string> reasons;
  std::istringstream stream(lines);
  for (std::string id, reason; stream >> id && std::getline(stream >> std::ws, reason);) {
    reasons.emplace(id, reason);
  }
  return reasons;
}

/// Once more without the points that a node's memory does not hold, if there are any. Collective.
void plan_launch(Launch& launch, Communicator& ranks, std::string const& gpu_unavailable, std::uint64_t seed) {
  Resources resources{launch.site.nodes.sizes(), gpu_unavailable};
  auto const plan = [&] { return make_plan(launch.config, resources, seed); };
  launch.plan = on_all_ranks(ranks, plan);
  resources.without_memory = reasons_in(on_root(ranks, [&launch] { return to_lines(points_without_memory(launch)); }));
  if (!resources.without_memory.empty()) {
    launch.plan = on_all_ranks(ranks, plan);
  }
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
  return static_cast<std::uint64_t>(config.reconstruction.memory_limit.mib) * bytes_per_mib;
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
  launch.geometry_text = on_root(ranks, [&launch] { return read_geometry_file(launch.config.geometry); });
  plan_launch(launch, ranks, gpu_unavailable, choice.seed);
  static_cast<void>(on_root(ranks, [&launch, &earlier] {
    check_staging_places(launch.config.staging_dirs);
    require_different_scans(launch.config.h5);
    launch.needs = check_inputs(launch);
    check_results_place(launch.config);
    if (earlier) {
      require_same_work(*earlier, launch.config, launch.plan);
    }
    check_side_places(launch.config);
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
