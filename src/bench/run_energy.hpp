#pragma once

#include <span>

#include "bench/node_meter.hpp"
#include "bench/rank_report.hpp"
#include "plan/plan.hpp"
#include "probe/reading.hpp"

namespace lauebench {

/// What a run, or a point's median run, took from the plug as far as processors and GPUs tell. The nodes' whole
/// packages count, idle cores and other people's work included, and the whole GPUs that the run used; memory outside
/// the packages, disks, network and fans do not.
struct RunEnergy {
  static inline Unknown const not_measured{"it was not measured"};

  Reading<double> cpu_j = not_measured;
  Reading<double> gpu_j = not_measured;                 ///< unknown for a CPU point: it uses none
  Reading<double> total_j = not_measured;               ///< cpu_j, and gpu_j for a GPU point
  Reading<double> mean_w = not_measured;                ///< of the total
  Reading<double> j_per_reconstruction = not_measured;  ///< of successful runs, as the next
  Reading<double> nj_per_pixel_step = not_measured;
};

/// `nodes` are those with ranks in the run, `ranks` its reports. Each GPU counts once, however many ranks share it.
[[nodiscard]] RunEnergy energy_of(Device device, std::span<NodeUse const> nodes, std::span<RankReport const> ranks);

/// The median of each member over the runs that know it; where none does, the first run's reason.
[[nodiscard]] RunEnergy median_energy(std::span<RunEnergy const> runs);

}  // namespace lauebench
