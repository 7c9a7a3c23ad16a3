#pragma once

#include <vector>

#include "cluster/clock_offsets.hpp"
#include "cluster/communicator.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {

/// The moment at which all ranks of a run begin.
struct CommonStart {
  double start_s = 0.0;     ///< on this rank's own monotonic clock (std::chrono::steady_clock, seconds)
  double late_s = 0.0;      ///< how long after it this rank came back from waiting; never negative
  double timeline_s = 0.0;  ///< the same moment on the launch's timeline, rank 0's clock; the same on every rank
};

/// Where the ranks of a launch begin together.
class StartLine {
 public:
  /// Finds out how far the start has to lie ahead, so that every rank knows of it in time: four times the slowest of
  /// some prompt barriers on any rank, 1 ms at least, 0.1 s at most. Collective, untimed; once per launch.
  StartLine(Communicator& ranks, Nodes const& nodes);

  /// Waits until all ranks are there, reads the nodes' clocks, lets rank 0 name a moment `lead_s()` ahead on its own,
  /// waits for it (sleeps, then spins for the last 0.2 ms) and returns on each rank. Collective.
  [[nodiscard]] CommonStart wait();

  /// Reads the nodes' clocks again, so that on_timeline is right for what has happened since the start. Collective.
  void measure_clocks() { clocks_.measure(); }

  /// What rank 0's clock showed when this rank's showed `own_s`, between the last two readings of the clocks.
  [[nodiscard]] double on_timeline(double own_s) const { return clocks_.own().on_timeline(own_s); }

  [[nodiscard]] ClockOffsets const& clocks() const { return clocks_; }
  [[nodiscard]] Communicator& ranks() const { return ranks_; }
  /// The same on every rank.
  [[nodiscard]] double lead_s() const { return lead_s_; }

 private:
  Communicator& ranks_;
  ClockOffsets clocks_;
  double lead_s_;
};

}  // namespace lauebench
