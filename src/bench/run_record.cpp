#include "bench/run_record.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace lauebench {
namespace {

/// Start skew above this fraction of a run is flagged.
constexpr double start_skew_limit = 0.01;

struct Span {
  double first = std::numeric_limits<double>::infinity();
  double last = -std::numeric_limits<double>::infinity();

  void add(double value) {
    first = std::min(first, value);
    last = std::max(last, value);
  }
};

RunRates rates_of(RunRecord const& record) {
  double pixel_steps = 0.0;
  double depth_voxels = 0.0;
  double bytes = 0.0;
  for (RankReport const& report : record.ranks) {
    pixel_steps += report.outcome.pixel_steps();
    depth_voxels += report.outcome.depth_voxels();
    bytes += static_cast<double>(report.outcome.io.bytes_read) + static_cast<double>(report.outcome.io.bytes_written);
  }
  double const seconds = record.total_wall_s;
  auto const parallel = static_cast<int>(record.ranks.size());
  return {throughput_per_min(parallel, seconds), pixel_steps / seconds, depth_voxels / seconds, bytes / seconds};
}

/// Threads of a run against the cores its ranks may use, node by node.
bool is_oversubscribed(GridPoint const& point, std::vector<RankReport> const& ranks) {
  std::map<int, std::pair<int, std::set<int>>> nodes;
  for (RankReport const& report : ranks) {
    auto& [threads, cpus] = nodes[report.node_index];
    threads += point.threads;
    cpus.insert(report.cores.cpus.begin(), report.cores.cpus.end());
    // shares of a node's cores may differ in size
    if (!report.cores.cpus.empty() && point.threads > static_cast<int>(report.cores.cpus.size())) {
      return true;
    }
  }
  return std::any_of(nodes.begin(), nodes.end(), [](auto const& node) {
    auto const& [threads, cpus] = node.second;
    return !cpus.empty() && threads > static_cast<int>(cpus.size());
  });
}

/// Whether ranks of one node share a GPU though they see enough for all. What differs from rank to rank, as where the
/// launcher shows each another one, has another UUID.
bool is_gpu_needlessly_shared(std::vector<RankReport> const& ranks) {
  struct Node {
    std::size_t ranks = 0;
    std::size_t visible = 0;
    std::set<std::string> used;
  };
  std::map<int, Node> nodes;
  for (RankReport const& report : ranks) {
    if (report.gpu) {
      Node& node = nodes[report.node_index];
      ++node.ranks;
      node.visible = std::max(node.visible, static_cast<std::size_t>(std::max(0, report.gpu->visible)));
      node.used.insert(report.gpu->uuid);
    }
  }
  return std::any_of(nodes.begin(), nodes.end(), [](auto const& entry) {
    return entry.second.used.size() < std::min(entry.second.ranks, entry.second.visible);
  });
}

std::vector<RunFlag> flags_of(GridPoint const& point, RunRecord const& record, std::uint64_t asked_memory_bytes) {
  auto const any = [&record](auto predicate) {
    return std::any_of(record.ranks.begin(), record.ranks.end(), predicate);
  };
  std::vector<RunFlag> flags;
  if (record.start_skew_s > start_skew_limit * record.total_wall_s) {
    flags.push_back(RunFlag::start_skew);
  }
  if (point.device == Device::cpu && any([](RankReport const& report) {
        return report.outcome.code == ReturnCode::ok && report.outcome.threads_counted < report.outcome.threads_asked;
      })) {
    flags.push_back(RunFlag::threads_fewer_than_asked);
  }
  if (any([](RankReport const& report) { return report.cores.affinity == Affinity::not_widened; })) {
    flags.push_back(RunFlag::affinity_not_widened);
  }
  if (any([](RankReport const& report) { return report.cores.affinity == Affinity::not_bound; })) {
    flags.push_back(RunFlag::not_bound);
  }
  if (point.device == Device::cpu && is_oversubscribed(point, record.ranks)) {
    flags.push_back(RunFlag::oversubscribed);
  }
  if (any([asked_memory_bytes](RankReport const& report) {
        std::uint64_t const limit_bytes = report.outcome.memory.limit_bytes;  // 0: it failed before it had one
        return limit_bytes > 0 && limit_bytes < asked_memory_bytes;
      })) {
    flags.push_back(RunFlag::memory_limit_lowered);
  }
  if (any([](RankReport const& report) {
        return report.outcome.code == ReturnCode::ok && report.outcome.images_are_empty;
      })) {
    flags.push_back(RunFlag::empty_images);
  }
  if (is_gpu_needlessly_shared(record.ranks)) {
    flags.push_back(RunFlag::gpu_needlessly_shared);
  }
  return flags;
}

}  // namespace

std::string_view to_string(RunFlag flag) {
  constexpr std::array<std::string_view, 11> names{
      "start_skew",     "threads_fewer_than_asked", "affinity_not_widened", "not_bound",
      "oversubscribed", "memory_limit_lowered",     "empty_images",         "cache_not_warm",
      "cache_not_cold", "before_run_failed",        "gpu_needlessly_shared"};
  return names[static_cast<std::size_t>(flag)];
}

std::string_view meaning(RunFlag flag) {
  constexpr std::array<std::string_view, 11> meanings{
      "first starts lie further apart than 1 % of the run",
      "fewer threads ran in the kernel than asked",
      "a rank may not use all cores that the launcher gave its node's ranks",
      "a rank could not be bound to its share of its node's cores",
      "more threads than usable cores on a node",
      "less memory in effect than the standard limit",
      "all depth images are empty: check depth range, geometry and --percent-brightest",
      "the replicas were not all in memory, or nobody can tell",
      "the replicas were not all evicted from memory, or nobody can tell",
      "the command of --before-run failed on a node",
      "ranks compute on one GPU while they see another that nobody uses: see --gpu-pinning"};
  return meanings[static_cast<std::size_t>(flag)];
}

RunRecord make_run_record(GridPoint const& point, std::vector<RankReport> reports, std::uint64_t asked_memory_bytes) {
  RunRecord record;
  record.ranks = std::move(reports);
  Span starts;
  Span ends;
  double slowest_s = 0.0;
  double sum_s = 0.0;
  for (RankReport const& report : record.ranks) {
    starts.add(report.outcome.start_s);
    ends.add(report.outcome.end_s);
    slowest_s = std::max(slowest_s, report.outcome.elapsed_s);
    sum_s += report.outcome.elapsed_s;
  }
  record.total_wall_s = ends.last - starts.first;
  record.start_skew_s = starts.last - starts.first;
  if (sum_s > 0.0) {
    record.imbalance = slowest_s * static_cast<double>(record.ranks.size()) / sum_s;
  }
  record.success = std::all_of(record.ranks.begin(), record.ranks.end(),
                               [](RankReport const& report) { return report.outcome.code == ReturnCode::ok; });
  if (record.success && record.total_wall_s > 0.0) {
    record.rates = rates_of(record);
  }
  for (RankReport const& report : record.ranks) {
    if (report.node) {
      record.nodes.push_back(*report.node);
    }
  }
  record.energy = energy_of(point.device, record.nodes, record.ranks);
  record.flags = flags_of(point, record, asked_memory_bytes);
  return record;
}

void add_preparation(RunRecord& record, CachePolicy asked, std::vector<BeforeRun> before_run) {
  record.cache = cache_of_run(asked, record.ranks);
  record.before_run = std::move(before_run);
  if (!is_as_asked(record.cache)) {
    record.flags.push_back(asked == CachePolicy::warm ? RunFlag::cache_not_warm : RunFlag::cache_not_cold);
  }
  if (std::ranges::any_of(record.before_run, has_failed)) {
    record.flags.push_back(RunFlag::before_run_failed);
  }
}

}  // namespace lauebench
