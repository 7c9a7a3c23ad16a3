#include "bench/site_json.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "bench/environment_json.hpp"
#include "bench/members_json.hpp"
#include "bench/records_json.hpp"
#include "bench/telemetry_json.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

Json rank_to_json(std::size_t rank, RankSite const& site) {
  Json json = {{"rank", rank},
               {"cpus", site.cpus},
               {"launcher_cpus", site.launcher_cpus},
               {"affinity", to_string(site.affinity)},
               {"available_memory_bytes", site.available_bytes}};
  put(json, "gpu", transform(site.gpu, gpu_identity));
  return json;
}

}  // namespace

std::string to_message(Reading<GpuUse> const& gpu) {
  Json json;
  put(json, "gpu", transform(gpu, gpu_identity));
  return to_line(json);
}

Reading<GpuUse> gpu_reading_from_message(std::string_view message) {
  Reading<Json> gpu;
  take(Json::parse(message), "gpu", gpu);
  return transform(gpu, gpu_from_identity);
}

Json node_to_json(LaunchSite const& site, int node) {
  Json record = to_json(site.hosts[static_cast<std::size_t>(node)]);
  Json members = Json::array();
  for (std::size_t rank = 0; rank < site.ranks.size(); ++rank) {
    if (site.nodes.ranks[rank].node == node) {
      members.push_back(rank_to_json(rank, site.ranks[rank]));
    }
  }
  record["ranks_per_node"] = members.size();
  record["ranks"] = std::move(members);
  return record;
}

std::string to_message(SiteReport const& report) {
  RankSite const& rank = report.rank;
  Json json = {{"cpus", rank.cpus},
               {"launcher_cpus", rank.launcher_cpus},
               {"affinity", static_cast<int>(rank.affinity)},
               {"available_bytes", rank.available_bytes}};
  if (report.host) {
    json["host"] = to_json(*report.host);
    json["machine"] = report.host->machine;
  }
  return to_line(json);
}

SiteReport site_report_from_message(std::string_view message) try {
  Json const json = Json::parse(message);
  SiteReport report;
  json.at("cpus").get_to(report.rank.cpus);
  json.at("launcher_cpus").get_to(report.rank.launcher_cpus);
  report.rank.affinity = static_cast<Affinity>(json.at("affinity").get<int>());
  json.at("available_bytes").get_to(report.rank.available_bytes);
  if (json.contains("host")) {
    report.host = host_facts_from_json(json.at("host"));
    json.at("machine").get_to(report.host->machine);
  }
  return report;
} catch (nlohmann::json::exception const& problem) {
  throw std::runtime_error(fmt::format("a rank's report of its node cannot be read: {}", problem.what()));
}

}  // namespace lauebench
