#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace lauebench {

/// How this process was started.
enum class Launcher : std::uint8_t {
  none,  ///< alone
  mpi,   ///< by mpirun, mpiexec or srun with a process management interface
};

/// A variable of the environment, empty when it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string const& name)>;

/// Looks into this process's environment.
[[nodiscard]] std::optional<std::string> environment_variable(std::string const& name);

/// Throws Error (bad_input) when Slurm started several tasks that cannot know of each other, because srun was not told
/// to use PMIx: each would take itself for rank 0 and all would write the same files.
[[nodiscard]] Launcher find_launcher(EnvironmentLookup const& environment);

/// The number of ranks that the launcher says it started, where it says so. A launch of that many ranks in which MPI
/// sees only one has no common MPI.
[[nodiscard]] std::optional<int> ranks_announced(EnvironmentLookup const& environment);

}  // namespace lauebench
