#pragma once

#include "cluster/communicator.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {

/// The moment at which all ranks of a run begin, on this rank's own monotonic clock (std::chrono::steady_clock,
/// seconds).
struct CommonStart {
  double start_s = 0.0;
  double late_s = 0.0;  ///< how long after it this rank came back from waiting; never negative
};

/// Seconds that the start has to lie ahead, so that every rank knows of it in time: four times the slowest of some
/// prompt barriers on any rank, 1 ms at least, 0.1 s at most. The same on every rank. Collective, untimed; once per
/// launch.
[[nodiscard]] double measure_start_lead_s(Communicator& ranks);

/// Waits until all ranks are there, lets rank 0 name a moment `lead_s` ahead, waits for it (sleeps, then spins for the
/// last 0.2 ms) and returns on each rank. Ranks that run on rank 0's kernel (same boot_id) read the same clock and use
/// that very moment. The others know no offset between the clocks yet: each counts `lead_s` from when it left the
/// barrier, so their start differs by how unevenly the barrier let go, and by no more than the barrier took.
/// Collective.
[[nodiscard]] CommonStart wait_at_start_line(Communicator& ranks, Nodes const& nodes, double lead_s);

}  // namespace lauebench
