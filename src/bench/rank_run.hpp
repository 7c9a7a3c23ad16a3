#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "bench/depth_accuracy.hpp"
#include "bench/launch.hpp"
#include "bench/rank_report.hpp"
#include "cluster/start_line.hpp"
#include "config/error.hpp"
#include "kokkos_kernels/backend_loader.hpp"
#include "plan/plan.hpp"
#include "reconstruct/reconstruct.hpp"
#include "staging/cache_control.hpp"
#include "staging/proven_replica.hpp"

namespace lauebench {

/// What a rank needs to know to take part in a run.
struct RankRun {
  GridPoint point;
  std::optional<int> index;           ///< of this rank among the point's; empty: the point leaves it idle
  RankCores cores;                    ///< that it has
  int replica_number = 0;             ///< of the one that it reads
  int readers_group = 0;              ///< the same for ranks that read the same file
  std::filesystem::path scan;         ///< this rank's replica
  ProvenReplica* replica = nullptr;   ///< the same; none for a rank that the point leaves idle
  std::filesystem::path output_base;  ///< in this rank's folder of the run
  std::filesystem::path shared_base;  ///< in that of its first rank: what the file of OutputLayout::shared begins with
  std::optional<Error> obstacle;      ///< why the run's folder is not ready: the run fails by it
  std::string name;                   ///< "run 3 of cpu-p2-t1"
  std::optional<WaitLimit> wait_limit;  ///< for the others; empty: wait_limit_after. Whoever runs it lifts it again
};

/// The reconstruction that `rank` performs in a run that it takes part in; start_backend chooses its device.
[[nodiscard]] ReconstructionTask make_task(RankRun const& run, Launch const& launch, int rank);

/// A backend that is ready to compute, and the GPU it computes on; none for a CPU point.
struct StartedBackend {
  kernels::Backend* backend = nullptr;
  std::optional<GpuUse> gpu;
};

/// Deals `rank` its device, puts it and the memory it may hold there into the task and starts the backend on it. Throws
/// as Backend::start.
[[nodiscard]] StartedBackend start_backend(ReconstructionTask& task, GridPoint const& point, Launch const& launch,
                                           int rank);

/// This rank's part of a run, from making ready to its report as a message; empty for a rank that the point leaves
/// idle. `cache` prepares the replica before the start, `truth` judges its depth images. Collective: nobody looks at
/// depth images before the run's last rank has ended.
[[nodiscard]] std::string take_part(RankRun const& run, Launch const& launch, StartLine& line, CacheControl& cache,
                                    TruthJudge& truth);

/// A device of a module as this process sees it, without telemetry.
[[nodiscard]] GpuUse describe_gpu(kernels::BackendInfo const& module, int device);

/// The kind of backend that a point runs on.
[[nodiscard]] kernels::BackendKind backend_kind(Device device);

}  // namespace lauebench
