#pragma once

#include <span>

#include "io/depth_files.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/backend.hpp"
#include "reconstruct/reconstruct.hpp"

namespace lauebench {

/// Element type of the depth images: as chosen, else int32 where both edges are added, else the scan's.
[[nodiscard]] ElementType output_type_of(ReconstructionParameters const& parameters, ElementType scan_type);

/// How a task's scan is read.
[[nodiscard]] ReadOptions read_options(ReconstructionTask const& task);

/// Scan, geometry and parameters brought together for the kernel; the cutoff is still to be set. Throws Error
/// (bad_input), also when they cannot belong together or the wire never moves.
[[nodiscard]] kernels::ReconstructionJob make_job(ReconstructionTask const& task, ScanInfo const& scan);

/// Throws Error (bad_input) when a depth file or the summary of `task` would replace the scan or the geometry file.
void refuse_to_overwrite_scan(ReconstructionTask const& task, DepthGrid const& depths);

/// Head of `<base>summary.txt`.
[[nodiscard]] std::vector<SummaryParameter> summary_parameters(ReconstructionTask const& task,
                                                               kernels::ReconstructionJob const& job);

}  // namespace lauebench
