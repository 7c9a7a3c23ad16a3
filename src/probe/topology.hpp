#pragma once

#include <cstdint>
#include <vector>

#include "probe/reading.hpp"

namespace lauebench {

/// Caches of one level that are alike: data or unified ones, none for instructions alone.
struct CacheFacts {
  int level = 1;
  std::uint64_t bytes = 0;  ///< of each
  int count = 0;            ///< on the node
  int shared_by_cpus = 1;   ///< logical processors that share each
};

/// What a node is made of, as hwloc finds it, whether this process may use it or not.
struct Topology {
  Reading<int> sockets;
  Reading<int> cores;  ///< physical
  Reading<int> numa_nodes;
  Reading<std::vector<CacheFacts>> caches;  ///< smallest level first
  Reading<std::vector<int>> allowed_cpus;   ///< logical processors that this process's cgroup allows (cpuset)
};

[[nodiscard]] Topology read_topology();

}  // namespace lauebench
