#include "bench/staging_json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bench/members_json.hpp"
#include "bench/stripe_json.hpp"
#include "config/words.hpp"
#include "staging/block_sharing.hpp"

namespace lauebench {
namespace {

std::string_view to_string(FilesystemReach reach) {
  constexpr std::array<std::string_view, 3> names{"local", "network", "unknown"};
  return names[static_cast<std::size_t>(reach)];
}

void put_count(Json& filesystem, char const* name, std::optional<std::uint64_t> const& files) {
  put(filesystem, name, files, "the filesystem makes inodes as they are needed");
}

Json to_json(FilesystemFacts const& facts, StripeReading const& stripe) {
  Json json = {{"type", facts.type},
               {"reach", to_string(facts.reach)},
               {"mount_point", facts.mount_point},
               {"device", facts.device},
               {"options", facts.options},
               {"block_bytes", facts.block_bytes},
               {"total_bytes", facts.total_bytes},
               {"free_bytes", facts.free_bytes}};
  put(json, "can_share_blocks",
      facts.block_sharing == BlockSharing::unknown ? Reading<bool>(Unknown{why_sharing_unknown(facts)})
                                                   : facts.block_sharing == BlockSharing::possible);
  put_count(json, "total_files", facts.total_files);
  put_count(json, "free_files", facts.free_files);
  put_stripe(json, "stripe", stripe);
  return json;
}

std::optional<double> copy_bytes_per_s(Replica const& replica) {
  return replica.copy_s ? std::optional(static_cast<double>(replica.bytes) / *replica.copy_s) : std::nullopt;
}

Json replica_to_json(Replica const& replica) {
  Json json{{"path", replica.path.string()}, {"scan", replica.scan.string()}, {"bytes", replica.bytes},
            {"checksum", replica.checksum},  {"seconds", replica.seconds},    {"action", to_string(replica.action)},
            {"reason", replica.reason},      {"node", replica.node},          {"host", replica.host}};
  put(json, "copy_bytes_per_s", copy_bytes_per_s(replica), "it was there and has not been copied");
  return json;
}

}  // namespace

Json staging_record(RecordStamp const& stamp, StagedTarget const& target) {
  Json record = record_head("staging", stamp);
  record["staging_dir"] = target.path.string();
  record["scope"] = to_word(target.scope.scope);
  record["scope_found_by"] = to_string(target.scope.source);
  record["filesystem"] = to_json(target.filesystem, target.stripe);
  record["lock"] = target.lock == LockState::held ? "held" : "refused";
  record["replicas"] = Json::array();
  for (Replica const& replica : target.replicas) {
    record["replicas"].push_back(replica_to_json(replica));
  }
  put_stripe(record, "replica_stripe", target.replica_stripe);
  put(record, "copy_wall_s", target.copy_wall_s, "all replicas were there");
  record["notes"] = Json::array();
  for (StagingNote const note : target.notes) {
    record["notes"].push_back(to_string(note));
  }
  return record;
}

}  // namespace lauebench
