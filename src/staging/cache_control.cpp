#include "staging/cache_control.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include "config/error.hpp"
#include "staging/backing_disk.hpp"
#include "staging/eviction.hpp"
#include "staging/read_through.hpp"

namespace lauebench {
namespace {

/// The kernel takes pages back that nobody has used for a while.
bool is_missing(Residency const& residency) { return residency.fraction && *residency.fraction < warm_fraction; }

CacheState state_by_fraction(double fraction, CacheState evicted) {
  if (fraction <= cold_fraction) {
    return evicted;
  }
  return fraction >= warm_fraction ? CacheState::warm : CacheState::partial;
}

void set_unknown(ReplicaCache& cache, std::string reason) {
  cache.state = CacheState::unknown;
  cache.state_reason = std::move(reason);
}

}  // namespace

std::string_view to_string(CacheState state) {
  constexpr std::array<std::string_view, 6> names{"warm", "cold", "partial", "unknown", "client-cold", "warm-only"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view meaning(CacheState state) {
  constexpr std::array<std::string_view, 6> meanings{
      "replicas in the page cache when the runs began",
      "replicas not in the page cache when the runs began",
      "replicas in the page cache in part when the runs began",
      "nobody can tell whether replicas were in memory when the runs began",
      "replicas not in this node's memory; what servers had in theirs is not known",
      "replicas on a filesystem in memory"};
  return meanings[static_cast<std::size_t>(state)];
}

void judge(ReplicaCache& cache, ReplicaPlace const& place) {
  if (place.page_cache == PageCacheRole::is_storage) {
    cache.state = CacheState::warm_only;
  } else if (place.page_cache == PageCacheRole::bypassed) {
    set_unknown(cache, "the filesystem may keep a cache of its own, which nobody can ask");
  } else if (!cache.resident_before) {
    set_unknown(cache, cache.resident_reason);
  } else {
    cache.state = state_by_fraction(*cache.resident_before, place.page_cache == PageCacheRole::before_server
                                                                ? CacheState::client_cold
                                                                : CacheState::cold);
    if (cache.state == CacheState::cold && !place.memory_behind_disk.empty()) {
      set_unknown(cache, place.memory_behind_disk);
    }
  }
}

ReplicaCache CacheControl::prepare(std::uint64_t memory_bytes) {
  // O_NONBLOCK: a named pipe in its place would wait for ever
  posix::Descriptor const file(::open(replica_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  ReplicaCache cache;
  if (file.valid()) {
    cache = prepare_open(file, memory_bytes);
  } else {
    cache.resident_reason = fmt::format("the replica cannot be opened: {}", std::generic_category().message(errno));
  }
  judge(cache, place());
  return cache;
}

ReplicaCache CacheControl::prepare_open(posix::Descriptor const& file, std::uint64_t memory_bytes) {
  ReplicaCache cache;
  try {
    cache.replica_bytes = static_cast<std::uint64_t>(posix::look_at(file, replica_).st_size);
    Residency residency;
    if (policy_ == CachePolicy::cold && place().page_cache != PageCacheRole::is_storage) {
      residency = evict(file, replica_, cache.attempts);
    } else {
      residency = residency_of(file);
      if (policy_ == CachePolicy::warm && *cache.replica_bytes <= memory_bytes &&
          (!was_read_ || is_missing(residency))) {
        read_through(file, replica_, cancellation_, [](std::span<std::byte const>) {});
        was_read_ = true;
        ++cache.attempts;
        residency = residency_of(file);
      }
    }
    cache.resident_before = residency.fraction;
    cache.resident_reason = residency.reason;
  } catch (Error const& problem) {
    cache.resident_reason = problem.what();
  }
  return cache;
}

ReplicaPlace const& CacheControl::place() {
  if (!place_) {
    place_.emplace();
    try {
      FilesystemFacts const facts = read_filesystem_facts(replica_.parent_path());
      place_->page_cache = facts.page_cache;
      place_->memory_behind_disk = memory_behind_disk(replica_, facts);
    } catch (Error const&) {
      // bypassed: nothing is known of it
    }
  }
  return *place_;
}

}  // namespace lauebench
