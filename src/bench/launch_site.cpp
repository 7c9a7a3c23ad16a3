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

/// `launch_cpus` are those of all ranks on its node.
RankSite survey_rank(CpuSet const& launch_cpus, Binding wish) {
  RankSite site;
  site.launcher_cpus = current_affinity();
  if (wish == Binding::inherit) {
    site.cpus = site.launcher_cpus;
    site.affinity = Affinity::inherited;
  } else {
    site.cpus = widen_affinity(launch_cpus);
    site.affinity = site.cpus == launch_cpus ? Affinity::widened : Affinity::not_widened;
  }
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

/// For one of its active ranks.
std::uint64_t memory_on_node(LaunchSite const& site, std::uint64_t limit_bytes, std::vector<int> const& on_nodes,
                             int node) {
  return memory_limit_in_effect(limit_bytes, available_on_node(site, node), on_nodes[static_cast<std::size_t>(node)]);
}

SiteReport survey_own(Nodes const& nodes, int rank, CpuSet const& launch_cpus, Binding wish) {
  SiteReport report{survey_rank(launch_cpus, wish), {}};
  if (describes_its_node(nodes, rank)) {
    report.host = read_host_facts();
  }
  return report;
}

}  // namespace

LaunchSite survey_launch(Communicator& ranks, Binding wish) {
  LaunchSite site;
  site.nodes = find_nodes(ranks);
  CpuSet const cpus = launch_cpus(ranks, site.nodes);
  SiteReport const mine = on_all_ranks(ranks, [&] { return survey_own(site.nodes, ranks.rank(), cpus, wish); });
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

std::uint64_t usable_memory_bytes(LaunchSite const& site, int node) {
  return memory_limit_in_effect(std::numeric_limits<std::uint64_t>::max(), available_on_node(site, node), 1);
}

std::uint64_t memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes, std::vector<int> const& on_nodes,
                               int rank) {
  return memory_on_node(site, limit_bytes, on_nodes, site.nodes.ranks[static_cast<std::size_t>(rank)].node);
}

std::uint64_t smallest_memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes,
                                        std::vector<int> const& on_nodes) {
  std::uint64_t least = limit_bytes;
  for (int node = 0; node < site.nodes.count; ++node) {
    if (on_nodes[static_cast<std::size_t>(node)] > 0) {
      least = std::min(least, memory_on_node(site, limit_bytes, on_nodes, node));
    }
  }
  return least;
}

}  // namespace lauebench
