#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/rank_report.hpp"
#include "config/config.hpp"

/// Where the bytes of a run came from.
namespace lauebench {

/// The ranks of one node, summed.
struct NodeReads {
  int node_index = 0;  ///< as RankReport has it
  std::string host;
  int ranks = 0;
  std::optional<std::uint64_t> replica_bytes;  ///< each replica once; empty where a rank could not open its replica
  std::optional<std::int64_t> read_by_calls_bytes;     ///< empty where a rank cannot tell, as the next
  std::optional<std::int64_t> read_from_device_bytes;  ///< of replicas and of everything else that the ranks read

  [[nodiscard]] std::optional<double> from_device_fraction() const;
};

/// Cache control of one run, over all its ranks.
struct RunCache {
  CachePolicy asked = CachePolicy::none;
  CacheState state = CacheState::unknown;
  std::vector<NodeReads> nodes;
  NodeReads all;  ///< of no node
};

/// The state that all ranks share; partial where they differ, unknown where one is.
[[nodiscard]] CacheState state_of_all(std::span<RankReport const> ranks);

[[nodiscard]] RunCache cache_of_run(CachePolicy asked, std::span<RankReport const> ranks);

/// Whether a run may be taken for what --cache asked for. A filesystem in memory is warm.
[[nodiscard]] bool is_as_asked(RunCache const& cache);

/// Ranks that read a replica although no byte came from a block device to any of those of their node that read the same
/// one had it in some memory: their states become unknown if they were cold.
void doubt_cold_without_device(std::span<RankReport> ranks);

}  // namespace lauebench
