#include "cluster/start_line.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(StartLine, OfOneRankIsReachedAfterTheLeadAndNotBefore) {
  auto const ranks = make_serial_communicator();
  auto const nodes = find_nodes(*ranks);
  EXPECT_EQ(measure_start_lead_s(*ranks), 1e-3);
  auto const now_s = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  double const before_s = now_s();
  CommonStart const start = wait_at_start_line(*ranks, nodes, 0.01);
  EXPECT_GE(start.start_s, before_s + 0.01);
  EXPECT_GE(start.late_s, 0.0);
  EXPECT_GE(now_s(), start.start_s);
}

}  // namespace
}  // namespace lauebench
