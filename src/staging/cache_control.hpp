#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "staging/filesystem_facts.hpp"
#include "staging/page_residency.hpp"

/// Where a rank's replica is when a run begins.
namespace lauebench {

enum class CacheState : std::uint8_t {
  warm,         ///< in this node's page cache
  cold,         ///< on disk alone, as far as this node can see
  partial,      ///< some of it in the page cache
  unknown,      ///< nobody can tell
  client_cold,  ///< not in this node's page cache; what the servers hold in memory is not known
  warm_only,    ///< on a filesystem in memory
};

/// "warm", "cold", "partial", "unknown", "client-cold", "warm-only"
[[nodiscard]] std::string_view to_string(CacheState state);

/// What a state means, for people, in a few words.
[[nodiscard]] std::string_view meaning(CacheState state);

/// What was done about one rank's replica before a run, and what it came to.
struct ReplicaCache {
  CacheState state = CacheState::unknown;
  std::string state_reason;                    ///< why the state is unknown; empty for all others
  std::optional<double> resident_before;       ///< fraction of its pages in this node's page cache as the run began
  std::string resident_reason;                 ///< why that is not known
  int attempts = 0;                            ///< evictions, or times it was read through, before this run
  std::optional<std::uint64_t> replica_bytes;  ///< empty where it could not be opened, see resident_reason
};

/// What is below a replica.
struct ReplicaPlace {
  PageCacheRole page_cache = PageCacheRole::bypassed;
  std::string memory_behind_disk;  ///< as the function of that name has it
};

/// Sets `state` and its reason from the residency.
void judge(ReplicaCache& cache, ReplicaPlace const& place);

/// Prepares a rank's replica for its runs, none of which may have it open. Needs no rights but those of the file's
/// owner.
class CacheControl {
 public:
  /// `cancellation` ends the reading of a replica between its pieces.
  CacheControl(CachePolicy policy, std::filesystem::path replica, Cancellation cancellation = {})
      : policy_(policy), replica_(std::move(replica)), cancellation_(std::move(cancellation)) {}

  /// cold: syncs and evicts the replica, up to four times until its pages are gone. warm: reads it through before the
  /// first run that uses it and whenever pages are missing, unless it is larger than `memory_bytes`, which it could not
  /// stay in. Never throws: what cannot be done or asked is told, and so is reading that was cancelled.
  [[nodiscard]] ReplicaCache prepare(std::uint64_t memory_bytes);

 private:
  [[nodiscard]] ReplicaCache prepare_open(posix::Descriptor const& file, std::uint64_t memory_bytes);
  [[nodiscard]] ReplicaPlace const& place();

  CachePolicy policy_;
  std::filesystem::path replica_;
  Cancellation cancellation_;
  std::optional<ReplicaPlace> place_;  ///< looked at once
  bool was_read_ = false;
};

}  // namespace lauebench
