#include "bench/launch_site.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "bench/environment_json.hpp"
#include "cluster/binding.hpp"
#include "cluster/memory.hpp"
#include "probe/host_facts.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

RankSite survey_rank(CpuSet const& wanted_cpus) {
  RankSite site;
  site.cpus = widen_affinity(wanted_cpus);
  site.affinity = site.cpus == wanted_cpus ? Affinity::widened : Affinity::not_widened;
  site.available_bytes = available_memory_bytes();
  return site;
}

/// The lowest rank of each node describes it.
bool describes_its_node(Nodes const& nodes, int rank) {
  return nodes.ranks[static_cast<std::size_t>(rank)].local_rank == 0;
}

Json to_json(RankSite const& site) {
  return {
      {"cpus", site.cpus}, {"widened", site.affinity == Affinity::widened}, {"available_bytes", site.available_bytes}};
}

RankSite rank_site_from(Json const& json) {
  return {json.at("cpus").get<std::vector<int>>(),
          json.at("widened").get<bool>() ? Affinity::widened : Affinity::not_widened,
          json.at("available_bytes").get<std::uint64_t>()};
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

Json describe_nodes(Nodes const& nodes, Json const& reports) {
  Json records = Json::array();
  for (int node = 0; node < nodes.count; ++node) {
    Json record;
    Json members = Json::array();
    for (std::size_t rank = 0; rank < nodes.ranks.size(); ++rank) {
      if (nodes.ranks[rank].node == node) {
        if (reports.at(rank).contains("node")) {
          record = reports.at(rank).at("node");
        }
        members.push_back({{"rank", rank},
                           {"cpus", reports.at(rank).at("cpus")},
                           {"available_memory_bytes", reports.at(rank).at("available_bytes")}});
      }
    }
    record["ranks_per_node"] = members.size();
    record["ranks"] = std::move(members);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace

LaunchSite survey_launch(Communicator& ranks) {
  LaunchSite site;
  site.nodes = find_nodes(ranks);
  CpuSet const cpus = launch_cpus(ranks, site.nodes);
  Json mine;
  std::optional<Error> problem;
  try {
    mine = to_json(survey_rank(cpus));
    if (describes_its_node(site.nodes, ranks.rank())) {
      mine["node"] = to_json(read_host_facts());
    }
  } catch (Error const& error) {
    problem = error;
  }
  agree(ranks, problem);
  std::vector<std::string> const told = ranks.gather(mine.dump(-1, ' ', false, Json::error_handler_t::replace));
  Json reports = Json::array();
  for (std::string const& report : told) {
    reports.push_back(Json::parse(report));
  }
  reports = Json::parse(ranks.broadcast(reports.dump()));
  for (Json const& report : reports) {
    site.ranks.push_back(rank_site_from(report));
  }
  site.node_records = describe_nodes(site.nodes, reports);
  return site;
}

std::uint64_t memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes, int parallel, int rank) {
  int const node = site.nodes.ranks[static_cast<std::size_t>(rank)].node;
  return memory_limit_in_effect(limit_bytes, available_on_node(site, node), site.nodes.active_ranks(node, parallel));
}

std::uint64_t smallest_memory_in_effect(LaunchSite const& site, std::uint64_t limit_bytes, int parallel) {
  int const launched = static_cast<int>(site.ranks.size());
  int const missing = std::max(0, parallel - launched);
  int const on_first_node = site.nodes.active_ranks(0, parallel) + missing;
  std::uint64_t least = memory_limit_in_effect(limit_bytes, available_on_node(site, 0), on_first_node);
  for (int rank = 0; rank < std::min(parallel, launched); ++rank) {
    least = std::min(least, memory_in_effect(site, limit_bytes, parallel, rank));
  }
  return least;
}

}  // namespace lauebench
