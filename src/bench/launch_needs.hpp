#pragma once

#include <map>
#include <string>

#include "bench/launch.hpp"

/// What the points of a launch need, found out on rank 0 before anything is written.
namespace lauebench {

/// Checks scans, geometry and parameters, with as much memory as the ranks of each point will have, and returns what a
/// reconstruction needs; of what differs between scans, the most. Throws Error (bad_input).
[[nodiscard]] ReconstructionNeeds check_inputs(Launch const& launch);

/// Points whose ranks together are too much for a node: each has less of its memory than --memory-limit-mb asks for or,
/// where nobody asks, less than a reconstruction takes, though the standard limit would allow that. By their ids, why,
/// with the figures. Other things that are wrong with inputs are left to check_inputs.
[[nodiscard]] std::map<std::string, std::string> points_without_memory(Launch const& launch);

}  // namespace lauebench
