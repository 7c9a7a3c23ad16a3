#include "bench/rank_binding.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "cluster/binding.hpp"

namespace lauebench {

RankBinding::RankBinding(Binding wish, LaunchSite const& site, int rank) : wish_(wish), site_(site), rank_(rank) {
  if (wish == Binding::automatic) {
    map_.emplace();
  }
}

RankCores RankBinding::bind(GridPoint const& point) {
  RankSite const& mine = site_.ranks[static_cast<std::size_t>(rank_)];
  // where the kernel did not let it widen, ranks may have other cores than each other: theirs cannot be shared out
  if (wish_ != Binding::automatic || mine.affinity == Affinity::not_widened) {
    return {mine.cpus, mine.affinity};
  }
  CpuSet const& share = share_of(point);
  if (share.empty()) {
    return {current_affinity(), Affinity::not_bound};
  }
  CpuSet const given = bind_process(share);
  return {given, given == share ? Affinity::bound : Affinity::not_bound};
}

void RankBinding::release() const {
  if (!shares_.empty()) {
    static_cast<void>(bind_process(site_.ranks[static_cast<std::size_t>(rank_)].cpus));
  }
}

CpuSet const& RankBinding::share_of(GridPoint const& point) {
  auto const [share, is_new] = shares_.try_emplace(point.id);
  if (is_new) {
    share->second = find_share(point);
  }
  return share->second;
}

CpuSet RankBinding::find_share(GridPoint const& point) const {
  Nodes const& nodes = site_.nodes;
  int const node = nodes.ranks[static_cast<std::size_t>(rank_)].node;
  std::vector<CpuSet> near;
  std::size_t mine = 0;
  for (int const rank : nodes.lowest_ranks(point.ranks_on_nodes)) {
    if (nodes.ranks[static_cast<std::size_t>(rank)].node != node) {
      continue;
    }
    if (rank == rank_) {
      mine = near.size();
    }
    auto const* const gpu = std::get_if<GpuUse>(&site_.ranks[static_cast<std::size_t>(rank)].gpu);
    near.push_back(point.device == Device::gpu && gpu != nullptr ? map_->near_device(gpu->pci_bus_id) : CpuSet());
  }
  std::vector<CpuSet> const shares = map_->share_out(site_.ranks[static_cast<std::size_t>(rank_)].cpus, near);
  return mine < shares.size() ? shares[mine] : CpuSet();
}

}  // namespace lauebench
