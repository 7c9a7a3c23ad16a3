#include "bench/site_json.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "bench/environment_json.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string to_message(SiteReport const& report) {
  RankSite const& rank = report.rank;
  Json json = {
      {"cpus", rank.cpus}, {"widened", rank.affinity == Affinity::widened}, {"available_bytes", rank.available_bytes}};
  if (report.host) {
    json["host"] = to_json(*report.host);
    json["machine"] = report.host->machine;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

SiteReport site_report_from_message(std::string_view message) try {
  Json const json = Json::parse(message);
  SiteReport report;
  json.at("cpus").get_to(report.rank.cpus);
  report.rank.affinity = json.at("widened").get<bool>() ? Affinity::widened : Affinity::not_widened;
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
