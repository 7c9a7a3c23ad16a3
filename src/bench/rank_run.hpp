#pragma once

#include <filesystem>
#include <string>

#include "bench/launch.hpp"
#include "cluster/communicator.hpp"
#include "kokkos_kernels/backend_loader.hpp"
#include "plan/plan.hpp"

namespace lauebench {

/// What a rank needs to know to take part in a run.
struct RankRun {
  GridPoint point;
  std::filesystem::path scan;         ///< this rank's replica
  std::filesystem::path output_base;  ///< in this rank's folder of the run
};

/// This rank's part of a run, from the start line to its report as a message; empty for a rank that the point leaves
/// idle. `lead_s` is how far ahead the start is agreed on. Collective up to the start; idle ranks return there.
[[nodiscard]] std::string take_part(RankRun const& run, Launch const& launch, Communicator& ranks, double lead_s);

/// The kind of backend that a point runs on.
[[nodiscard]] kernels::BackendKind backend_kind(Device device);

/// GPUs that this process sees; 0, without asking the driver, where the grid has no GPU points.
[[nodiscard]] int gpus_of(RunConfig const& config);

}  // namespace lauebench
