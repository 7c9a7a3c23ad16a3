#pragma once

#include <map>
#include <optional>
#include <string>

#include "bench/launch_site.hpp"
#include "bench/rank_report.hpp"
#include "cluster/core_shares.hpp"
#include "config/config.hpp"
#include "plan/plan.hpp"

namespace lauebench {

/// Binds this rank to its share of its node's cores, run by run: how many ranks share them is the point's affair.
class RankBinding {
 public:
  /// `site` must outlive it.
  RankBinding(Binding wish, LaunchSite const& site, int rank);

  /// For a run of `point`, which this rank takes part in. With Binding::automatic all threads of the process get the
  /// rank's share of what the launcher gave its node's ranks (CoreMap::share_out; near its GPU in GPU points); else,
  /// and where the rank may not use all of these, nothing changes. Returns what the rank has now, as the kernel says.
  [[nodiscard]] RankCores bind(GridPoint const& point);

  /// Gives the rank back all cores that it had before bind(): clearing and staging are nobody's share.
  void release() const;

 private:
  [[nodiscard]] CpuSet const& share_of(GridPoint const& point);
  [[nodiscard]] CpuSet find_share(GridPoint const& point) const;

  Binding wish_;
  LaunchSite const& site_;
  int rank_;
  std::optional<CoreMap> map_;            ///< none where it is not needed
  std::map<std::string, CpuSet> shares_;  ///< by point, found when it is first bound: all its runs have the same
};

}  // namespace lauebench
