#include "cluster/core_shares.hpp"

#include <algorithm>
#include <climits>
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

/// `cpus` in `count` parts. `topology` is restricted to them.
std::vector<CpuSet> split(TopologyOwner const& topology, CpuSet const& cpus, std::size_t count) {
  Bitmap const wanted = to_bitmap(cpus);
  if (hwloc_topology_restrict(topology.get(), wanted.get(), 0) != 0) {
    return {};
  }
  std::vector<hwloc_cpuset_t> parts(count);
  hwloc_obj_t root = hwloc_get_root_obj(topology.get());
  if (hwloc_distrib(topology.get(), &root, 1, parts.data(), static_cast<unsigned>(count), INT_MAX, 0) != 0) {
    return {};
  }
  std::vector<CpuSet> sets;
  sets.reserve(count);
  for (hwloc_cpuset_t const part : parts) {
    sets.push_back(to_cpus(Bitmap(part).get()));
  }
  return sets;
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
  std::map<CpuSet, std::vector<std::size_t>> ranks_within;
  for (std::size_t rank = 0; rank < near.size(); ++rank) {
    CpuSet within = intersection(usable, near[rank]);
    ranks_within[within.empty() ? usable : within].push_back(rank);
  }
  std::vector<CpuSet> shares(near.size());
  for (auto const& [cpus, ranks] : ranks_within) {
    TopologyOwner const topology = loaded_->copy();
    std::vector<CpuSet> const parts = topology ? split(topology, cpus, ranks.size()) : std::vector<CpuSet>();
    if (parts.empty()) {
      return {};
    }
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
