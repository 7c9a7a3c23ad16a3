#include "probe/topology.hpp"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>

#include <hwloc.h>

namespace lauebench {
namespace {

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using LoadedTopology = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, DestroyTopology>;

/// Null where hwloc cannot look at this machine.
LoadedTopology load() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) {
    return nullptr;
  }
  LoadedTopology owner(topology);
  hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  return hwloc_topology_load(topology) == 0 ? std::move(owner) : nullptr;
}

Reading<int> count_of(hwloc_topology_t topology, hwloc_obj_type_t type) {
  int const count = hwloc_get_nbobjs_by_type(topology, type);
  return count > 0 ? Reading<int>(count) : Reading<int>(Unknown{"hwloc finds none"});
}

Reading<std::vector<CacheFacts>> caches_of(hwloc_topology_t topology) {
  constexpr std::array types{HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L4CACHE};
  std::map<std::tuple<int, std::uint64_t, int>, int> alike;  // how many of a level, size and number of sharers
  for (std::size_t i = 0; i < types.size(); ++i) {
    for (hwloc_obj_t cache = nullptr; (cache = hwloc_get_next_obj_by_type(topology, types[i], cache)) != nullptr;) {
      ++alike[{static_cast<int>(i) + 1, cache->attr->cache.size, hwloc_bitmap_weight(cache->cpuset)}];
    }
  }
  if (alike.empty()) {
    return Unknown{"hwloc finds none"};
  }
  std::vector<CacheFacts> caches;
  for (auto const& [kind, count] : alike) {
    auto const& [level, bytes, sharers] = kind;
    caches.push_back({level, bytes, count, sharers});
  }
  return caches;
}

std::vector<int> members_of(hwloc_const_bitmap_t set) {
  std::vector<int> members;
  for (int member = hwloc_bitmap_first(set); member >= 0; member = hwloc_bitmap_next(set, member)) {
    members.push_back(member);
  }
  return members;
}

}  // namespace

Topology read_topology() {
  LoadedTopology const topology = load();
  if (!topology) {
    Unknown const why{"hwloc cannot look at this machine"};
    return {why, why, why, why, why};
  }
  return {count_of(topology.get(), HWLOC_OBJ_PACKAGE), count_of(topology.get(), HWLOC_OBJ_CORE),
          count_of(topology.get(), HWLOC_OBJ_NUMANODE), caches_of(topology.get()),
          members_of(hwloc_topology_get_allowed_cpuset(topology.get()))};
}

}  // namespace lauebench
