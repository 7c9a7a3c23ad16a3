#include "bench/run_cache.hpp"

#include <algorithm>

namespace lauebench {
namespace {

template <class Count>
std::optional<Count> sum(std::optional<Count> one, std::optional<Count> other) {
  return one && other ? std::optional(*one + *other) : std::nullopt;
}

NodeReads nothing_read(int node_index, std::string host) { return {node_index, std::move(host), 0, 0, 0, 0}; }

void add(NodeReads& reads, RankReport const& report) {
  ++reads.ranks;
  reads.replica_bytes = sum(reads.replica_bytes, report.cache.replica_bytes);
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
  for (RankReport const& report : ranks) {
    add(reads_of(cache.nodes, report), report);
    add(cache.all, report);
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

void doubt_cold_without_device(RankReport& report) {
  if (report.cache.state == CacheState::cold && report.outcome.io.bytes_read > 0 &&
      report.usage.read_from_device_bytes == 0) {
    report.cache.state = CacheState::unknown;
    report.cache.state_reason = "the replica was evicted, yet no byte of it came from a block device";
  }
}

}  // namespace lauebench
