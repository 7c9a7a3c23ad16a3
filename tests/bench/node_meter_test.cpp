#include "bench/node_meter.hpp"

#include <variant>

#include <gtest/gtest.h>

#include "sample_launch.hpp"

namespace lauebench {
namespace {

TEST(NodeMeter, MeasuresFromTheLowestRankOfANode) {
  Nodes const nodes = test::sample_site({1, 2}).nodes;
  EXPECT_TRUE(NodeMeter(nodes.ranks[0]).use());
  EXPECT_TRUE(NodeMeter(nodes.ranks[1]).use());
  EXPECT_FALSE(NodeMeter(nodes.ranks[2]).use());
}

TEST(NodeMeter, EnergyIsThereOrHasAReason) {
  NodeMeter meter(test::sample_site({1}).nodes.ranks[0]);
  meter.begin();
  meter.end();
  NodeUse const& use = meter.use().value();
  EXPECT_EQ(use.host, "n0");
  EXPECT_GT(use.seconds, 0.0);
  if (auto const* const joules = std::get_if<double>(&use.cpu_package_j)) {
    EXPECT_GE(*joules, 0.0);
  } else {
    EXPECT_FALSE(std::get<Unknown>(use.cpu_package_j).reason.empty());
  }
}

}  // namespace
}  // namespace lauebench
