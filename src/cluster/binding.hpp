#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/communicator.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {

/// Logical CPUs by the kernel's numbers, ascending, each once.
using CpuSet = std::vector<int>;

/// "0-3,8"; empty for an empty set.
[[nodiscard]] std::string format_cpus(CpuSet const& cpus);

/// The reverse. Throws std::invalid_argument.
[[nodiscard]] CpuSet parse_cpus(std::string_view list);

/// The CPUs on which the calling thread may run now. Throws Error (reconstruction_error) where the kernel does not
/// tell.
[[nodiscard]] CpuSet current_affinity();

/// All CPUs that the launcher gave to this rank's node: the union of the affinities of its ranks as they are now, so it
/// must be called before anything is bound or widened. (mpirun binds each of 1 or 2 ranks to a single core.)
/// Collective.
[[nodiscard]] CpuSet launch_cpus(Communicator& ranks, Nodes const& nodes);

/// Lets the calling thread, and all threads it starts from now on, run on `cpus`. Returns what it has afterwards, read
/// back: a scheduler's cgroup may have cut it short, and where the kernel refuses altogether it is what it was before.
/// To be called before OpenMP makes its threads; those that exist already keep their affinity.
[[nodiscard]] CpuSet widen_affinity(CpuSet const& cpus);

/// Lets all threads that this process has, and those that they start, run on `cpus` alone. Returns all that any of them
/// may run on afterwards.
[[nodiscard]] CpuSet bind_process(CpuSet const& cpus);

}  // namespace lauebench
