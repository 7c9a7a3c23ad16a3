#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "io/depth_files.hpp"
#include "io/shared_input.hpp"
#include "io/shared_output.hpp"
#include "kokkos_kernels/backend.hpp"
#include "reconstruct/rank_outcome.hpp"

namespace lauebench {

/// What the peak of resident memory that an outcome tells was measured over.
enum class PeakMemory : std::uint8_t { of_process, of_run };

/// Whether an outcome tells when each phase was at work, beside how long.
enum class PhaseTrace : std::uint8_t { none, intervals };

/// One reconstruction: which scan, how, where to, on what.
struct ReconstructionTask {
  std::filesystem::path scan;
  std::filesystem::path geometry;
  std::filesystem::path output_base;  ///< what the names of all output files begin with; the folder exists
  ReconstructionParameters parameters;
  std::uint64_t memory_limit_bytes = 0;  ///< in effect, see MemoryUse
  kernels::Execution execution;
  Sync sync = Sync::none;
  PeakMemory peak_memory = PeakMemory::of_process;  ///< what prepare_measurement returned
  PhaseTrace trace = PhaseTrace::none;
  std::optional<std::string> geometry_text = {};  ///< of `geometry`, read before; empty: the file is read
  Cancellation cancellation = {};                 ///< looked at between stripes, frames, blocks of the kernel and files
  InputAccess input_access = InputAccess::posix;
  SharedInput* shared_input = nullptr;    ///< with another access, the scan; a check needs none
  SharedOutput* shared_output = nullptr;  ///< with OutputLayout::shared, the file; a check needs none
};

/// Whether HDF5 filters, compression for instance, stand between the file and the frames.
enum class StoredFrames : std::uint8_t { plain, filtered };

/// What a task will need, found out without reading frames or writing anything.
struct ReconstructionNeeds {
  int images = 0;
  int rows = 0;
  int columns = 0;
  int depths = 0;
  ElementType element_type = ElementType::uint16;  ///< of the stored frames
  StoredFrames frames = StoredFrames::plain;
  std::uint64_t input_bytes = 0;  ///< of the scan's file
  std::uint64_t output_bytes = 0;
  std::uint64_t output_files = 0;
};

/// Opens scan and geometry and checks everything about them that can be checked, memory limit included: what passes
/// does not fail for memory in a run of this process. `backend` is the one that the task will run on; without one the
/// memory that its kernel takes is not checked. Throws Error.
[[nodiscard]] ReconstructionNeeds check_task(ReconstructionTask const& task, kernels::Backend const* backend);

/// Gives freed memory back, so that what staging and earlier runs have used counts in no run's limit, and starts the
/// measurement of a run's peak memory where the system allows it. Apart from `reconstruct` because it takes time that
/// is not the run's: to be called before the start line.
[[nodiscard]] PeakMemory prepare_measurement();

/// Performs the task. Never throws: whatever goes wrong becomes the outcome's code and error, and nothing that is
/// incomplete is left looking complete. With a shared file all ranks that use it have to call it, or to give it up.
[[nodiscard]] RankOutcome reconstruct(ReconstructionTask const& task, kernels::Backend& backend);

}  // namespace lauebench
