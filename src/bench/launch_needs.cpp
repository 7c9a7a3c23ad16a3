#include "bench/launch_needs.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "bench/gpu_choice.hpp"
#include "bench/launch_scans.hpp"
#include "bench/rank_run.hpp"
#include "config/option_entries.hpp"
#include "config/units.hpp"
#include "reconstruct/reconstruction_memory.hpp"

namespace lauebench {
namespace {

/// What the ranks of a point do, and what they do it on; no backend where its module cannot be used.
struct PointTask {
  ReconstructionTask task;
  kernels::Backend const* backend = nullptr;
};

kernels::Backend* backend_of(Device device) {
  kernels::BackendResult const result = kernels::load_backend(backend_kind(device));
  auto const* const loaded = std::get_if<kernels::LoadedBackend>(&result);
  return loaded != nullptr ? loaded->backend : nullptr;
}

/// As much of its device's memory as rank 0 will have; those that share the other GPUs of its node are no more.
std::uint64_t device_memory_of(Launch const& launch, ReconstructionTask const& task, kernels::Backend* backend,
                               GridPoint const& point) {
  return backend == nullptr ? 0
                            : device_memory_in_effect(task.parameters, *backend, task.execution,
                                                      gpu_sharers(launch.site, point.ranks_on_nodes, 0));
}

/// Of any point.
ReconstructionTask task_of(Launch const& launch, std::filesystem::path const& scan) {
  RunConfig const& config = launch.config;
  ReconstructionTask task;
  task.scan = scan;
  task.geometry = config.geometry;
  task.geometry_text = launch.geometry_text;
  task.output_base = config.staging_dirs.front() / "output" / "out";
  task.input_access = config.input_access;
  GridPoint any;  // for a dry run that has no points
  any.precision = config.precisions.front();
  task.parameters = parameters_of(config, any);
  return task;
}

/// With as much memory as the ranks of the point will have.
PointTask task_of(Launch const& launch, std::filesystem::path const& scan, GridPoint const& point) {
  ReconstructionTask task = task_of(launch, scan);
  task.parameters = parameters_of(launch.config, point);
  task.execution.threads = point.threads;
  task.memory_limit_bytes =
      smallest_memory_in_effect(launch.site, asked_memory_bytes(launch.config), point.ranks_on_nodes);
  kernels::Backend* const backend = backend_of(point.device);
  task.execution.device_memory_bytes = device_memory_of(launch, task, backend, point);
  return {std::move(task), backend};
}

/// How much a kernel needs depends on device and threads, and the files on their layout; of those, the most.
ReconstructionNeeds check_points(Launch const& launch, std::filesystem::path const& scan) {
  if (launch.plan.points.empty()) {
    ReconstructionTask task = task_of(launch, scan);
    task.memory_limit_bytes = smallest_memory_in_effect(launch);
    return check_task(task, nullptr);
  }
  std::set<std::tuple<Device, int, Precision, OutputLayout, int, std::uint64_t, std::uint64_t>> checked;
  std::optional<ReconstructionNeeds> needs;
  for (GridPoint const& point : launch.plan.points) {
    auto const [task, backend] = task_of(launch, scan, point);
    if (checked
            .emplace(point.device, point.threads, point.precision, point.output_layout, point.output_gzip_level,
                     task.memory_limit_bytes, task.execution.device_memory_bytes)
            .second) {
      ReconstructionNeeds const next = check_task(task, backend);
      needs = needs.value_or(next);
      needs->output_bytes = std::max(needs->output_bytes, next.output_bytes);
      needs->output_files = std::max(needs->output_files, next.output_files);
    }
  }
  return *needs;
}

/// Empty when nothing is wrong. What to do about it is left out, as it depends on whose limit it is.
std::string problem_of(PointTask const& point) {
  try {
    static_cast<void>(check_task(point.task, point.backend));
    return {};
  } catch (Error const& error) {
    std::string_view const line = error.what();
    return std::string(line.substr(0, line.rfind("): ") + 1));
  }
}

/// Empty unless the point fails for what its ranks have less than was asked for.
std::string lack_of_memory(PointTask point, std::uint64_t asked_bytes) {
  if (point.task.memory_limit_bytes >= asked_bytes) {
    return {};
  }
  std::string problem = problem_of(point);
  point.task.memory_limit_bytes = asked_bytes;
  return problem.empty() || !problem_of(point).empty() ? std::string() : problem;
}

/// The standard limit is lowered where a node has less: points that cannot do with that.
std::map<std::string, std::string> points_beyond_lowered_limit(Launch const& launch) {
  std::map<std::string, std::string> problems;
  for (std::filesystem::path const& scan : launch.config.h5) {
    for (GridPoint const& point : launch.plan.points) {
      std::string const lack = lack_of_memory(task_of(launch, scan, point), asked_memory_bytes(launch.config));
      if (!lack.empty()) {
        auto const ranks = static_cast<std::size_t>(std::ranges::max(point.ranks_on_nodes));
        problems.emplace(point.id, fmt::format("{} of a node share its memory: {}", plural(ranks, "rank"), lack));
      }
    }
  }
  return problems;
}

/// Empty unless the point's ranks on some node have less than was asked for.
std::string lack_of_asked_memory(Launch const& launch, GridPoint const& point) {
  std::uint64_t const asked = asked_memory_bytes(launch.config);
  Nodes const& nodes = launch.site.nodes;
  for (int node = 0; node < nodes.count; ++node) {
    auto const ranks = static_cast<std::uint64_t>(point.ranks_on_nodes[static_cast<std::size_t>(node)]);
    std::uint64_t const usable = usable_memory_bytes(launch.site, node);
    if (ranks > 0 && asked > usable / ranks) {
      return fmt::format(
          "{} times {} MiB (--memory-limit-mb) are more than the {} MiB that {} has for them (0.8 of what is "
          "available)",
          ranks, asked / bytes_per_mib, usable / bytes_per_mib, nodes.host_of(node));
    }
  }
  return {};
}

std::map<std::string, std::string> points_without_asked_memory(Launch const& launch) {
  std::map<std::string, std::string> problems;
  for (GridPoint const& point : launch.plan.points) {
    if (std::string lack = lack_of_asked_memory(launch, point); !lack.empty()) {
      problems.emplace(point.id, std::move(lack));
    }
  }
  return problems;
}

}  // namespace

ReconstructionNeeds check_inputs(Launch const& launch) {
  std::vector<ReconstructionNeeds> needs;
  needs.reserve(launch.config.h5.size());
  for (std::filesystem::path const& scan : launch.config.h5) {
    needs.push_back(check_points(launch, scan));
  }
  return join_needs(launch.config.h5, needs);
}

std::map<std::string, std::string> points_without_memory(Launch const& launch) {
  return launch.config.reconstruction.memory_limit.source == LimitSource::asked ? points_without_asked_memory(launch)
                                                                                : points_beyond_lowered_limit(launch);
}

}  // namespace lauebench
