#include "bench/gpu_choice.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>
#include <variant>

#include "cluster/core_shares.hpp"
#include "kokkos_kernels/backend_loader.hpp"

namespace lauebench {
namespace {

bool overlap(CpuSet const& one, CpuSet const& other) {
  return std::ranges::any_of(one, [&other](int cpu) { return std::ranges::find(other, cpu) != other.end(); });
}

/// Of the node's ranks up to `rank`, each in its turn.
int nearest_gpu(LaunchSite const& site, int rank, std::vector<CpuSet> const& near) {
  std::vector<int> takers(near.size());
  std::size_t chosen = 0;
  for (int other = 0; other <= rank; ++other) {
    auto const index = static_cast<std::size_t>(other);
    if (site.nodes.ranks[index].node != site.nodes.ranks[static_cast<std::size_t>(rank)].node) {
      continue;
    }
    auto const cost = [&](std::size_t device) {
      return std::tuple(!overlap(near[device], site.ranks[index].launcher_cpus), takers[device], device);
    };
    chosen = 0;
    for (std::size_t device = 1; device < near.size(); ++device) {
      chosen = cost(device) < cost(chosen) ? device : chosen;
    }
    ++takers[chosen];
  }
  return static_cast<int>(chosen);
}

GpuUse const* gpu_if_any(LaunchSite const& site, std::size_t rank) {
  return std::get_if<GpuUse>(&site.ranks[rank].gpu);
}

}  // namespace

int choose_gpu(GpuPinning pinning, LaunchSite const& site, int rank, std::vector<CpuSet> const& near) {
  if (near.empty() || pinning == GpuPinning::none) {
    return 0;
  }
  if (pinning == GpuPinning::nearest) {
    return nearest_gpu(site, rank, near);
  }
  return site.nodes.ranks[static_cast<std::size_t>(rank)].local_rank % static_cast<int>(near.size());
}

std::vector<CpuSet> cpus_near_gpus(GpuPinning pinning) {
  std::vector<std::string> const bus_ids = kernels::gpu_bus_ids();
  std::vector<CpuSet> near(bus_ids.size());
  if (pinning == GpuPinning::nearest && !bus_ids.empty()) {
    CoreMap const map;
    std::ranges::transform(bus_ids, near.begin(), [&map](std::string const& id) { return map.near_device(id); });
  }
  return near;
}

int gpu_of(LaunchSite const& site, int rank) {
  GpuUse const* const gpu = gpu_if_any(site, static_cast<std::size_t>(rank));
  return gpu != nullptr ? gpu->index : 0;
}

int gpu_sharers(LaunchSite const& site, std::vector<int> const& on_nodes, int rank) {
  GpuUse const* const mine = gpu_if_any(site, static_cast<std::size_t>(rank));
  if (mine == nullptr) {
    return 1;
  }
  int const node = site.nodes.ranks[static_cast<std::size_t>(rank)].node;
  int const active = on_nodes[static_cast<std::size_t>(node)];
  int present = 0;
  int sharers = 0;
  for (std::size_t other = 0; other < site.ranks.size(); ++other) {
    RankPlace const& place = site.nodes.ranks[other];
    if (place.node == node && place.local_rank < active) {
      GpuUse const* const gpu = gpu_if_any(site, other);
      ++present;
      sharers += gpu != nullptr && gpu->uuid == mine->uuid ? 1 : 0;
    }
  }
  int const gpus = std::max(1, mine->visible);
  int const missing = std::max(0, active - present);
  return std::max(1, sharers + (missing + gpus - 1) / gpus);
}

}  // namespace lauebench
