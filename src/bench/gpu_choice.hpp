#pragma once

#include <vector>

#include "bench/launch_site.hpp"
#include "cluster/binding.hpp"
#include "config/config.hpp"

/// Which of the GPUs that it sees each rank computes on.
namespace lauebench {

/// The device of `rank` in GPU points, as the driver numbers those that it sees. GpuPinning::none: the first;
/// round_robin: those of its node's ranks in turn; nearest: one next to the cores that the launcher gave the rank, of
/// those the one that the fewest lower ranks of the node have. `near` holds for each device the CPUs next to it, empty
/// where nobody knows. 0 without devices.
[[nodiscard]] int choose_gpu(GpuPinning pinning, LaunchSite const& site, int rank, std::vector<CpuSet> const& near);

/// The CPUs next to each GPU that this process sees: none are looked up unless `pinning` needs them.
[[nodiscard]] std::vector<CpuSet> cpus_near_gpus(GpuPinning pinning);

/// The device that `rank` was given; 0 where it has none.
[[nodiscard]] int gpu_of(LaunchSite const& site, int rank);

/// Ranks on the GPU of `rank`, itself included, in a run that `on_nodes` ranks of each node take part in
/// (GridPoint::ranks_on_nodes); those that a dry run lacks are dealt to the GPUs in turn. 1 where it has none.
[[nodiscard]] int gpu_sharers(LaunchSite const& site, std::vector<int> const& on_nodes, int rank);

}  // namespace lauebench
