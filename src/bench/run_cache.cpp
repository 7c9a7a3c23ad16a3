#include "bench/run_cache.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace lauebench {
namespace {

template <class Count>
std::optional<Count> sum(std::optional<Count> one, std::optional<Count> other) {
  return one && other ? std::optional(*one + *other) : std::nullopt;
}

NodeReads nothing_read(int node_index, std::string host) { return {node_index, std::move(host), 0, 0, 0, 0}; }

/// Of one node; ranks of several have different files, or pages of one, by this number.
std::pair<int, int> replica_on_node(RankReport const& report) { return {report.node_index, report.replica}; }

enum class Replica : std::uint8_t { counted, new_one };

void add(NodeReads& reads, RankReport const& report, Replica replica) {
  ++reads.ranks;
  if (replica == Replica::new_one) {
    reads.replica_bytes = sum(reads.replica_bytes, report.cache.replica_bytes);
  }
  reads.read_by_calls_bytes = sum(reads.read_by_calls_bytes, report.usage.read_by_calls_bytes);
  reads.read_from_device_bytes = sum(reads.read_from_device_bytes, report.usage.read_from_device_bytes);
}

NodeReads& reads_of(std::vector<NodeReads>& nodes, RankReport const& report) {
  auto const known = std::ranges::find(nodes, report.node_index, &NodeReads::node_index);
  return known == nodes.end() ? nodes.emplace_back(nothing_read(report.node_index, report.host)) : *known;
}

}  // namespace

std::optional<double> NodeReads::from_device_fraction() const {
  return read_from_device_bytes && replica_bytes && *replica_bytes > 0
             ? std::optional(static_cast<double>(*read_from_device_bytes) / static_cast<double>(*replica_bytes))
             : std::nullopt;
}

CacheState state_of_all(std::span<RankReport const> ranks) {
  auto const is = [](CacheState state) {
    return [state](RankReport const& rank) { return rank.cache.state == state; };
  };
  if (ranks.empty() || std::ranges::any_of(ranks, is(CacheState::unknown))) {
    return CacheState::unknown;
  }
  CacheState const first = ranks.front().cache.state;
  return std::ranges::all_of(ranks, is(first)) ? first : CacheState::partial;
}

RunCache cache_of_run(CachePolicy asked, std::span<RankReport const> ranks) {
  RunCache cache{asked, state_of_all(ranks), {}, nothing_read(0, {})};
  std::set<std::pair<int, int>> replicas;
  for (RankReport const& report : ranks) {
    Replica const replica = replicas.insert(replica_on_node(report)).second ? Replica::new_one : Replica::counted;
    add(reads_of(cache.nodes, report), report, replica);
    add(cache.all, report, replica);
  }
  return cache;
}

bool is_as_asked(RunCache const& cache) {
  switch (cache.asked) {
    case CachePolicy::warm:
      return cache.state == CacheState::warm || cache.state == CacheState::warm_only;
    case CachePolicy::cold:
      return cache.state == CacheState::cold;
    case CachePolicy::none:
      break;
  }
  return true;
}

void doubt_cold_without_device(std::span<RankReport> ranks) {
  std::map<std::pair<int, int>, std::optional<std::int64_t>> from_device;
  for (RankReport const& report : ranks) {
    auto& bytes = from_device.try_emplace(replica_on_node(report), 0).first->second;
    bytes = sum(bytes, report.usage.read_from_device_bytes);
  }
  for (RankReport& report : ranks) {
    if (report.cache.state == CacheState::cold && report.outcome.io.bytes_read > 0 &&
        from_device.at(replica_on_node(report)) == 0) {
      report.cache.state = CacheState::unknown;
      report.cache.state_reason = "the replica was evicted, yet no byte of it came from a block device";
    }
  }
}

}  // namespace lauebench
