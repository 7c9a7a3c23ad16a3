#include "bench/node_staging.hpp"

#include <array>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

ReplicaAction action_called(std::string const& name) {
  for (ReplicaAction const action : std::array{ReplicaAction::reused, ReplicaAction::replaced}) {
    if (name == to_string(action)) {
      return action;
    }
  }
  return ReplicaAction::copied;
}

void put_if_known(Json& json, char const* name, std::optional<double> const& seconds) {
  if (seconds) {
    json[name] = *seconds;
  }
}

std::optional<double> get_if_known(Json const& json, char const* name) {
  return json.contains(name) ? std::optional(json.at(name).get<double>()) : std::nullopt;
}

Json to_json(Replica const& replica) {
  Json json = {{"number", replica.number},     {"path", replica.path.string()}, {"bytes", replica.bytes},
               {"checksum", replica.checksum}, {"seconds", replica.seconds},    {"action", to_string(replica.action)},
               {"reason", replica.reason},     {"scan", replica.scan.string()}, {"node", replica.node},
               {"host", replica.host}};
  json["mtime_ns"] = replica.state.mtime_ns;
  json["ctime_ns"] = replica.state.ctime_ns;
  json["inode"] = replica.state.inode;
  put_if_known(json, "copy_s", replica.copy_s);
  return json;
}

Replica from_json(Json const& json) {
  Replica replica;
  json.at("number").get_to(replica.number);
  replica.path = json.at("path").get<std::string>();
  json.at("bytes").get_to(replica.bytes);
  json.at("checksum").get_to(replica.checksum);
  json.at("seconds").get_to(replica.seconds);
  replica.action = action_called(json.at("action").get<std::string>());
  json.at("reason").get_to(replica.reason);
  replica.scan = json.at("scan").get<std::string>();
  json.at("node").get_to(replica.node);
  json.at("host").get_to(replica.host);
  replica.state.bytes = replica.bytes;
  json.at("mtime_ns").get_to(replica.state.mtime_ns);
  json.at("ctime_ns").get_to(replica.state.ctime_ns);
  json.at("inode").get_to(replica.state.inode);
  replica.copy_s = get_if_known(json, "copy_s");
  return replica;
}

}  // namespace

std::string to_message(StagedTarget const& target) {
  Json json = {{"filesystem_type", target.filesystem.type}, {"replicas", Json::array()}};
  for (Replica const& replica : target.replicas) {
    json["replicas"].push_back(to_json(replica));
  }
  put_if_known(json, "copy_wall_s", target.copy_wall_s);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

NodeStaging node_staging_from_message(std::string_view message) {
  try {
    Json const json = Json::parse(message);
    NodeStaging staging;
    json.at("filesystem_type").get_to(staging.filesystem_type);
    for (Json const& replica : json.at("replicas")) {
      staging.replicas.push_back(from_json(replica));
    }
    staging.copy_wall_s = get_if_known(json, "copy_wall_s");
    return staging;
  } catch (Json::exception const& problem) {
    throw std::runtime_error(fmt::format("what a node tells of its replicas cannot be read: {}", problem.what()));
  }
}

}  // namespace lauebench
