#include "bench/launch_site.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include "bench/site_json.hpp"
#include "cluster/binding.hpp"
#include "cluster/memory.hpp"

namespace lauebench {
namespace {

RankSite survey_rank(CpuSet const& wanted_cpus) {
  RankSite site;
  site.launcher_cpus = current_affinity();
  site.cpus = widen_affinity(wanted_cpus);
  site.affinity = site.cpus == wanted_cpus ? Affinity::widened : Affinity::not_widened;
  site.available_bytes = available_memory_bytes();
  return site;
}

/// The lowest rank of each node describes it.
bool describes_its_node(Nodes const& nodes, int rank) {
  return nodes.ranks[static_cast<std::size_t>(rank)].local_rank == 0;
}

/// The ranks of a node ask at slightly different times: the least that any of them found is safe.
std::uint64_t available_on_node(LaunchSite const& site, int node) {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t rank = 0; rank < site.ranks.size(); ++rank) {
    if (site.nodes.ranks[rank].node == node) {
      least = std::min(least, site.ranks[rank].available_bytes);
    }
  }
  return least;
}

/// Active ranks of a node in a run of `parallel` ranks, those that were not launched counted to the first one.
int active_on_node(LaunchSite const& site, int node, int parallel) {
  int const missing = std::max(0, parallel - static_cast<int>(site.ranks.size()));
  return site.nodes.active_ranks(node, parallel) + (node == 0 ? missing : 0);
}

SiteReport survey_own(Nodes const& nodes, int rank, CpuSet const& wanted_cpus) {
  SiteReport report{survey_rank(wanted_cpus), {}};
  if (describes_its_node(nodes, rank)) {
    report.host = read_host_facts();
  }
  return report;
}

}  // namespace

LaunchSite survey_launch(Communicator& ranks) {
  LaunchSite site;
  site.nodes = find_nodes(ranks);
  CpuSet const cpus = launch_cpus(ranks, site.nodes);
  SiteReport const mine =
      on_all_ranks(ranks, [&site, &ranks, &cpus] { return survey_own(site.nodes, ranks.rank(), cpus); });
  site.hosts.resize(static_cast<std::size_t>(site.nodes.count));
  for (std::string const& message : gather_on_all(ranks, to_message(mine))) {
    SiteReport const report = site_report_from_message(message);
    if (report.host) {
      site.hosts[static_cast<std::size_t>(site.nodes.ranks[site.ranks.size()].node)] = *report.host;
    }
    site.ranks.push_back(report.rank);
  }
  return site;
}

std::uint64_t memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes, int parallel, int rank) {
  int const node = site.nodes.ranks[static_cast<std::size_t>(rank)].node;
  return memory_limit_in_effect(limit_bytes, available_on_node(site, node), site.nodes.active_ranks(node, parallel));
}

int gpu_of(LaunchSite const& site, int rank, int gpus) {
  return site.nodes.ranks[static_cast<std::size_t>(rank)].local_rank % std::max(1, gpus);
}

int gpu_sharers(LaunchSite const& site, int parallel, int rank, int gpus) {
  int const node = site.nodes.ranks[static_cast<std::size_t>(rank)].node;
  int const turn = gpu_of(site, rank, gpus);
  int const turns = std::max(1, gpus);
  return std::max(1, (active_on_node(site, node, parallel) - turn + turns - 1) / turns);
}

std::uint64_t smallest_memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes, int parallel) {
  int const launched = static_cast<int>(site.ranks.size());
  int const on_first_node = active_on_node(site, 0, parallel);
  std::uint64_t least = memory_limit_in_effect(limit_bytes, available_on_node(site, 0), on_first_node);
  for (int rank = 0; rank < std::min(parallel, launched); ++rank) {
    least = std::min(least, memory_in_effect(site, limit_bytes, parallel, rank));
  }
  return least;
}

}  // namespace lauebench
