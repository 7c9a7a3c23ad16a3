#include "bench/cache_json.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "bench/members_json.hpp"
#include "bench/records_json.hpp"
#include "config/words.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

constexpr char const* io_unreadable = "/proc/self/io cannot be read";
constexpr char const* not_opened = "a replica could not be opened";

CacheState state_called(std::string const& name) {
  for (auto const state :
       {CacheState::warm, CacheState::cold, CacheState::partial, CacheState::client_cold, CacheState::warm_only}) {
    if (name == to_string(state)) {
      return state;
    }
  }
  return CacheState::unknown;
}

void put_reads(Json& json, NodeReads const& reads) {
  put(json, "replica_bytes", reads.replica_bytes, not_opened);
  put(json, "read_by_calls_bytes", reads.read_by_calls_bytes, io_unreadable);
  put(json, "read_from_device_bytes", reads.read_from_device_bytes, io_unreadable);
  put(json, "from_device_fraction", reads.from_device_fraction(),
      reads.read_from_device_bytes ? not_opened : io_unreadable);
}

}  // namespace

Json to_json(ReplicaCache const& cache) {
  Json json = {{"state", to_string(cache.state)}};
  put(json, "resident_before", cache.resident_before, cache.resident_reason);
  json["attempts"] = cache.attempts;
  put(json, "replica_bytes", cache.replica_bytes, cache.resident_reason);
  if (cache.state == CacheState::unknown) {
    json["unavailable"]["state"] = cache.state_reason;
  }
  return json;
}

ReplicaCache replica_cache_from_json(Json const& json) {
  ReplicaCache cache;
  cache.state = state_called(json.at("state").get<std::string>());
  take(json, "resident_before", cache.resident_before, cache.resident_reason);
  json.at("attempts").get_to(cache.attempts);
  take(json, "replica_bytes", cache.replica_bytes);
  if (cache.state == CacheState::unknown) {
    json.at("unavailable").at("state").get_to(cache.state_reason);
  }
  return cache;
}

Json to_json(RunCache const& cache) {
  Json json = {{"asked", to_word(cache.asked)}, {"state", to_string(cache.state)}};
  put_reads(json, cache.all);
  json["nodes"] = Json::array();
  for (NodeReads const& node : cache.nodes) {
    Json entry = {{"host", node.host}, {"ranks", node.ranks}};
    put_reads(entry, node);
    json["nodes"].push_back(std::move(entry));
  }
  return json;
}

Json to_json(BeforeRun const& before) {
  Json json = {{"node", before.node}, {"host", before.host}};
  put(json, "status", before.end.status, before.end.status_reason);
  json["seconds"] = before.end.seconds;
  return json;
}

std::string to_message(BeforeRun const& before) { return to_line(to_json(before)); }

BeforeRun before_run_from_message(std::string_view message) try {
  Json const json = Json::parse(message);
  BeforeRun before{json.at("node").get<int>(), json.at("host").get<std::string>(), {}};
  take(json, "status", before.end.status, before.end.status_reason);
  json.at("seconds").get_to(before.end.seconds);
  return before;
} catch (nlohmann::json::exception const& problem) {
  throw std::runtime_error(fmt::format("a rank's report of --before-run cannot be read: {}", problem.what()));
}

}  // namespace lauebench
