#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "cluster/communicator.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {

/// What the shortest of some exchanges with rank 0 told of a node's monotonic clock.
struct ClockReading {
  double own_s = 0.0;         ///< the node's clock in the middle of the exchange
  double offset_s = 0.0;      ///< the node's clock minus rank 0's; right within half of round_trip_s
  double round_trip_s = 0.0;  ///< of that exchange
};

/// A node's clock against rank 0's, followed over a launch. Durations need none of it: they are differences on one
/// clock.
class NodeClock {
 public:
  void add(ClockReading const& reading);

  /// What rank 0's clock shows when the node's shows `own_s`: between the last two readings as if the clocks ran apart
  /// evenly.
  [[nodiscard]] double on_timeline(double own_s) const;
  /// The inverse, for a moment soon after the last reading.
  [[nodiscard]] double on_own_clock(double timeline_s) const { return timeline_s + last_.offset_s; }

  [[nodiscard]] ClockReading const& first() const { return first_; }
  [[nodiscard]] ClockReading const& last() const { return last_; }
  /// Of all readings; infinite before the first.
  [[nodiscard]] double shortest_round_trip_s() const { return shortest_round_trip_s_; }
  /// On the node's clock, from the first reading to the last.
  [[nodiscard]] double between_s() const { return last_.own_s - first_.own_s; }
  /// Seconds that the offset grows by per second of the node's clock, from first to last reading; empty before the
  /// second one.
  [[nodiscard]] std::optional<double> drift() const;
  /// The most that the readings' round trips allow drift() to be wrong by.
  [[nodiscard]] std::optional<double> drift_uncertainty() const;

 private:
  ClockReading first_;
  ClockReading last_but_one_;
  ClockReading last_;
  double shortest_round_trip_s_ = std::numeric_limits<double>::infinity();
  int readings_ = 0;
};

/// The clocks of all nodes on the timeline of a launch, which is rank 0's clock. All ranks of a node share what its
/// lowest rank finds. Nodes are told apart by shared memory alone: that two show the same boot id does not say that
/// they read the same clock (time namespaces).
class ClockOffsets {
 public:
  ClockOffsets(Communicator& ranks, Nodes const& nodes);

  /// Node after node exchanges clocks with rank 0, until a few exchanges were as short as the shortest of the launch so
  /// far; then every rank knows all readings. Nothing, and at once, where there is one node. Collective.
  void measure();

  [[nodiscard]] NodeClock const& own() const;
  /// In the order of nodes; rank 0's own shows no offset.
  [[nodiscard]] std::vector<NodeClock> const& of_nodes() const { return clocks_; }

 private:
  /// This rank's part in the exchange of `node`, the lowest rank of which is `leader`; a reading there, else nothing.
  [[nodiscard]] std::optional<ClockReading> exchange(int leader) const;
  [[nodiscard]] std::optional<ClockReading> exchange_all() const;

  Communicator& ranks_;
  std::vector<int> leaders_;  ///< lowest rank of each node
  int own_node_;
  std::vector<NodeClock> clocks_;
};

}  // namespace lauebench
