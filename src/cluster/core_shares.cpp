#include "cluster/core_shares.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>

#include <hwloc.h>

#include "cluster/hwloc_bitmap.hpp"

namespace lauebench {
namespace {

CpuSet intersection(CpuSet const& one, CpuSet const& other) {
  CpuSet both;
  std::ranges::set_intersection(one, other, std::back_inserter(both));
  return both;
}

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using TopologyOwner = std::unique_ptr<hwloc_topology, DestroyTopology>;

/// The cores of a topology in its order, in which neighbours share caches and memories; CPUs where it tells no cores.
std::vector<hwloc_obj_t> cores_of(hwloc_topology_t topology) {
  hwloc_obj_type_t const type = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE) > 0 ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
  std::vector<hwloc_obj_t> cores;
  for (hwloc_obj_t core = nullptr; (core = hwloc_get_next_obj_by_type(topology, type, core)) != nullptr;) {
    cores.push_back(core);
  }
  return cores;
}

/// `cpus` in `count` parts of neighbours that differ by one core at most. `topology` is restricted to them.
std::vector<CpuSet> split(TopologyOwner const& topology, CpuSet const& cpus, std::size_t count) {
  Bitmap const wanted = to_bitmap(cpus);
  if (hwloc_topology_restrict(topology.get(), wanted.get(), 0) != 0) {
    return {};
  }
  std::vector<hwloc_obj_t> const cores = cores_of(topology.get());
  std::vector<CpuSet> parts(cores.empty() ? 0 : count);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    std::size_t const first = part * cores.size() / count;
    std::size_t const end = std::max(first + 1, (part + 1) * cores.size() / count);
    for (std::size_t core = first; core < end; ++core) {
      std::ranges::copy(to_cpus(cores[core]->cpuset), std::back_inserter(parts[part]));
    }
    std::ranges::sort(parts[part]);
  }
  return parts;
}

/// Ranks by the CPUs that they get shares of.
using Groups = std::map<CpuSet, std::vector<std::size_t>>;

/// Of those that are close to something. What nobody is close to is a group without ranks.
Groups groups_of_located(CpuSet const& usable, std::vector<CpuSet> const& near) {
  Groups groups;
  CpuSet left = usable;
  for (std::size_t rank = 0; rank < near.size(); ++rank) {
    CpuSet within = intersection(usable, near[rank]);
    if (!within.empty() && within != usable) {
      CpuSet rest;
      std::ranges::set_difference(left, within, std::back_inserter(rest));
      left = std::move(rest);
      groups[std::move(within)].push_back(rank);
    }
  }
  if (!left.empty()) {
    groups[left];
  }
  return groups;
}

/// The others join where most CPUs are left for each.
Groups groups_of(CpuSet const& usable, std::vector<CpuSet> const& near) {
  Groups groups = groups_of_located(usable, near);
  for (std::size_t rank = 0; rank < near.size(); ++rank) {
    CpuSet const within = intersection(usable, near[rank]);
    if (within.empty() || within == usable) {
      auto const cpus_for_one_more = [](auto const& group) {
        return static_cast<double>(group.first.size()) / static_cast<double>(group.second.size() + 1);
      };
      std::ranges::max_element(groups, {}, cpus_for_one_more)->second.push_back(rank);
    }
  }
  std::erase_if(groups, [](auto const& group) { return group.second.empty(); });
  return groups;
}

}  // namespace

/// hwloc's topology; nothing where it cannot be loaded.
class CoreMap::Loaded {
 public:
  explicit Loaded(char const* synthetic) {
    hwloc_topology_t topology = nullptr;
    if (hwloc_topology_init(&topology) != 0) {
      return;
    }
    topology_.reset(topology);
    bool const is_described = synthetic == nullptr || hwloc_topology_set_synthetic(topology, synthetic) == 0;
    hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_IMPORTANT);
    if (!is_described || hwloc_topology_load(topology) != 0) {
      topology_.reset();
    }
  }

  /// To be cut to pieces.
  [[nodiscard]] TopologyOwner copy() const {
    hwloc_topology_t copied = nullptr;
    bool const is_copied = topology_ && hwloc_topology_dup(&copied, topology_.get()) == 0;
    return TopologyOwner(is_copied ? copied : nullptr);
  }

  [[nodiscard]] hwloc_topology_t get() const { return topology_.get(); }

 private:
  TopologyOwner topology_;
};

CoreMap::CoreMap() : loaded_(std::make_unique<Loaded>(nullptr)) {}
CoreMap::CoreMap(std::string const& description) : loaded_(std::make_unique<Loaded>(description.c_str())) {}
CoreMap::~CoreMap() = default;
CoreMap::CoreMap(CoreMap&&) noexcept = default;

std::vector<CpuSet> CoreMap::share_out(CpuSet const& usable, std::vector<CpuSet> const& near) const {
  if (usable.empty()) {
    return {};
  }
  std::vector<CpuSet> shares(near.size());
  Groups groups = groups_of(usable, near);
  for (auto& [cpus, ranks] : groups) {
    TopologyOwner const topology = loaded_->copy();
    std::vector<CpuSet> const parts = topology ? split(topology, cpus, ranks.size()) : std::vector<CpuSet>();
    if (parts.empty()) {
      return {};
    }
    std::ranges::sort(ranks);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      shares[ranks[i]] = parts[i];
    }
  }
  return shares;
}

CpuSet CoreMap::near_device(std::string const& pci_bus_id) const {
  hwloc_obj_t const device =
      loaded_->get() == nullptr ? nullptr : hwloc_get_pcidev_by_busidstring(loaded_->get(), pci_bus_id.c_str());
  hwloc_obj_t const host = device == nullptr ? nullptr : hwloc_get_non_io_ancestor_obj(loaded_->get(), device);
  return host == nullptr ? CpuSet() : to_cpus(host->cpuset);
}

}  // namespace lauebench
