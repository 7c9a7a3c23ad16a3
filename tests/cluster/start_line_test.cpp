#include "cluster/start_line.hpp"

#include <gtest/gtest.h>

#include "cluster/monotonic_clock.hpp"

namespace lauebench {
namespace {

TEST(StartLine, OfOneRankIsReachedAfterTheLeadAndNotBefore) {
  auto const ranks = make_serial_communicator();
  StartLine line(*ranks, find_nodes(*ranks));
  EXPECT_EQ(line.lead_s(), 1e-3);
  double const before_s = monotonic_s();
  CommonStart const start = line.wait();
  EXPECT_GE(start.start_s, before_s + line.lead_s());
  EXPECT_GE(start.late_s, 0.0);
  EXPECT_GE(monotonic_s(), start.start_s);
  EXPECT_EQ(line.on_timeline(start.start_s), start.timeline_s);
}

}  // namespace
}  // namespace lauebench
