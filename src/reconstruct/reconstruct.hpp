#pragma once

#include <cstdint>
#include <filesystem>

#include "config/config.hpp"
#include "io/depth_files.hpp"
#include "kokkos_kernels/backend.hpp"
#include "reconstruct/rank_outcome.hpp"

namespace lauebench {

/// One reconstruction: which scan, how, where to, on what.
struct ReconstructionTask {
  std::filesystem::path scan;
  std::filesystem::path geometry;
  std::filesystem::path output_base;  ///< files <output_base><m>.h5; the folder exists
  ReconstructionParameters parameters;
  std::uint64_t memory_limit_bytes = 0;  ///< in effect, see MemoryUse
  kernels::Execution execution;
  Sync sync = Sync::none;
};

/// What a task will need, found out without reading frames or writing anything.
struct ReconstructionNeeds {
  int images = 0;
  int rows = 0;
  int columns = 0;
  int depths = 0;
  std::uint64_t input_bytes = 0;  ///< of the scan's file
  std::uint64_t output_bytes = 0;
  std::uint64_t output_files = 0;
};

/// Opens scan and geometry and checks everything about them that can be checked, memory limit included. Throws Error.
[[nodiscard]] ReconstructionNeeds check_task(ReconstructionTask const& task);

/// Seconds on the monotonic clock that RankOutcome uses.
[[nodiscard]] double monotonic_s();

/// Performs the task. Never throws: whatever goes wrong becomes the outcome's code and error, and nothing that is
/// incomplete is left looking complete.
[[nodiscard]] RankOutcome reconstruct(ReconstructionTask const& task, kernels::Backend& backend);

}  // namespace lauebench
