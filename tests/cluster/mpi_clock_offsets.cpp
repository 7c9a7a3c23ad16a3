#include <cmath>
#include <cstddef>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cluster/clock_offsets.hpp"
#include "cluster/monotonic_clock.hpp"
#include "cluster/mpi_communicator.hpp"

namespace lauebench {
namespace {

/// As if the ranks sat on nodes of two each.
Nodes pairs(int ranks) {
  Nodes nodes;
  nodes.count = (ranks + 1) / 2;
  for (int rank = 0; rank < ranks; ++rank) {
    nodes.ranks.push_back({rank / 2, rank % 2, 2, fmt::format("n{}", rank / 2)});
  }
  return nodes;
}

TEST(MpiClockOffsets, RanksOfOneMachineFindNoOffsetWithinTheirRoundTrips) {
  auto const ranks = make_mpi_communicator();
  ClockOffsets clocks(*ranks, pairs(ranks->size()));
  clocks.measure();
  clocks.measure();
  ASSERT_EQ(static_cast<int>(clocks.of_nodes().size()), (ranks->size() + 1) / 2);
  for (std::size_t node = 1; node < clocks.of_nodes().size(); ++node) {
    NodeClock const& clock = clocks.of_nodes()[node];
    for (ClockReading const& reading : {clock.first(), clock.last()}) {
      EXPECT_GT(reading.round_trip_s, 0.0);
      EXPECT_LE(std::abs(reading.offset_s), 0.5 * reading.round_trip_s);
    }
    EXPECT_LE(std::abs(clock.drift().value()), clock.drift_uncertainty().value());
    EXPECT_GT(clock.between_s(), 0.0);
    EXPECT_LT(clock.last().own_s, monotonic_s());
  }
  EXPECT_FALSE(clocks.of_nodes().front().drift()) << "rank 0's clock is the timeline";
}

TEST(MpiClockOffsets, RanksOfANodeShareItsReading) {
  auto const ranks = make_mpi_communicator();
  ClockOffsets clocks(*ranks, pairs(ranks->size()));
  clocks.measure();
  auto const told = ranks->gather(fmt::format("{}", clocks.own().last().offset_s));
  for (std::size_t rank = 0; rank + 1 < told.size(); rank += 2) {
    EXPECT_EQ(told[rank], told[rank + 1]);
  }
  if (ranks->size() == 4 && ranks->is_root()) {
    EXPECT_NE(told[0], told[2]);
  }
}

}  // namespace
}  // namespace lauebench
