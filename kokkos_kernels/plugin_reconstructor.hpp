#pragma once

#include <memory>

#include "kokkos_kernels/backend.hpp"

namespace lauebench::kernels {

/// The reconstructor of this module's execution space for a checked job.
[[nodiscard]] std::unique_ptr<DepthReconstructor> make_module_reconstructor(ReconstructionJob job,
                                                                            Execution const& execution);

/// Whether this module has the tile loop.
[[nodiscard]] bool resolves_tiles();

/// See Backend::workspace_bytes.
[[nodiscard]] std::uint64_t module_workspace_bytes(ReconstructionJob const& job, Execution const& execution, int rows);

/// See Backend::least_device_bytes.
[[nodiscard]] std::uint64_t module_least_device_bytes(ReconstructionJob const& job, Execution const& execution);

}  // namespace lauebench::kernels
