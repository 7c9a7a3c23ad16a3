#include "bench/outcome_json.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/accuracy_json.hpp"
#include "bench/cache_json.hpp"
#include "bench/member_names.hpp"
#include "bench/members_json.hpp"
#include "bench/records_json.hpp"
#include "bench/telemetry_json.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

Json intervals_to_json(PhaseIntervals const& intervals) {
  Json json = Json::object();
  for (Phase const phase : all_phases) {
    Json& place = json[std::string(to_string(phase))] = Json::array();
    for (Interval const& interval : intervals.of(phase)) {
      place.push_back({interval.begin_s, interval.end_s});
    }
  }
  return json;
}

PhaseIntervals intervals_from_json(Json const& json) {
  PhaseIntervals intervals;
  for (Phase const phase : all_phases) {
    for (Json const& interval : json.at(std::string(to_string(phase)))) {
      intervals.of(phase).push_back({interval.at(0).get<double>(), interval.at(1).get<double>()});
    }
  }
  return intervals;
}

Json outcome_to_json(RankOutcome const& outcome) {
  Json json = members_to_json(outcome);
  json["code"] = static_cast<int>(outcome.code);
  json["phases"] = members_to_json(outcome.phases);
  json["io"] = members_to_json(outcome.io);
  json["memory"] = members_to_json(outcome.memory);
  for (MpiHint const& hint : outcome.mpi_hints) {
    json["mpi_hints"][hint.key] = hint.value;
  }
  if (outcome.intervals) {
    json["intervals"] = intervals_to_json(*outcome.intervals);
  }
  return json;
}

RankOutcome outcome_from_json(Json const& json) {
  RankOutcome outcome;
  members_from_json(json, outcome);
  outcome.code = static_cast<ReturnCode>(json.at("code").get<int>());
  members_from_json(json.at("phases"), outcome.phases);
  members_from_json(json.at("io"), outcome.io);
  members_from_json(json.at("memory"), outcome.memory);
  if (json.contains("mpi_hints")) {
    for (auto const& [key, value] : json.at("mpi_hints").items()) {
      outcome.mpi_hints.push_back({key, value.get<std::string>()});
    }
  }
  if (json.contains("intervals")) {
    outcome.intervals = intervals_from_json(json.at("intervals"));
  }
  return outcome;
}

}  // namespace

std::string to_message(RankReport const& report) {
  Json json = {{"rank", report.rank},
               {"node_index", report.node_index},
               {"replica", report.replica},
               {"host", report.host},
               {"cpus", report.cores.cpus},
               {"affinity", static_cast<int>(report.cores.affinity)},
               {"agreed_start_s", report.agreed_start_s},
               {"outcome", outcome_to_json(report.outcome)},
               {"cache", to_json(report.cache)},
               {"usage", members_to_json(report.usage)},
               {"digest", report.digest},
               {"digest_s", report.digest_s}};
  put(json, "digest_resident", report.digest_resident);
  put(json, "read_back_s", report.read_back_s);
  put(json, "accuracy", report.accuracy);
  if (report.gpu) {
    json["gpu"] = gpu_to_message(*report.gpu);
  }
  if (report.node) {
    json["node"] = to_json(*report.node);
  }
  return to_line(json);
}

RankReport rank_report_from_message(std::string_view message) try {
  Json const json = Json::parse(message);
  RankReport report;
  json.at("rank").get_to(report.rank);
  json.at("node_index").get_to(report.node_index);
  json.at("replica").get_to(report.replica);
  json.at("host").get_to(report.host);
  json.at("cpus").get_to(report.cores.cpus);
  report.cores.affinity = static_cast<Affinity>(json.at("affinity").get<int>());
  json.at("agreed_start_s").get_to(report.agreed_start_s);
  report.outcome = outcome_from_json(json.at("outcome"));
  report.cache = replica_cache_from_json(json.at("cache"));
  members_from_json(json.at("usage"), report.usage);
  json.at("digest").get_to(report.digest);
  json.at("digest_s").get_to(report.digest_s);
  take(json, "digest_resident", report.digest_resident);
  take(json, "read_back_s", report.read_back_s);
  take(json, "accuracy", report.accuracy);
  if (json.contains("gpu")) {
    report.gpu = gpu_from_message(json.at("gpu"));
  }
  if (json.contains("node")) {
    report.node = node_use_from_json(json.at("node"));
  }
  return report;
} catch (nlohmann::json::exception const& problem) {
  throw std::runtime_error(fmt::format("a rank's report cannot be read: {}", problem.what()));
}

}  // namespace lauebench
