#include "bench/measure_ceilings.hpp"

#include <gtest/gtest.h>

#include "probe/cpu_ceilings.hpp"
#include "sample_launch.hpp"

namespace lauebench {
namespace {

using test::gib;
using test::sample_launch;

TEST(TriadElements, RanksOfANodeShareWhatIsBeyondItsCaches) {
  EXPECT_EQ(triad_elements(1, 8 * gib), Triad::beyond_caches);
  EXPECT_EQ(triad_elements(2, 8 * gib), Triad::beyond_caches / 2);
  EXPECT_EQ(triad_elements(64, 8 * gib), std::size_t{4} << 20U) << "each beyond a core's share of the caches";
}

TEST(TriadElements, HalfTheMemoryLimitIsTheMost) {
  EXPECT_EQ(triad_elements(1, std::uint64_t{48} << 20U), std::size_t{1} << 20U);
  EXPECT_EQ(triad_elements(1, 0), 1U);
}

TEST(CeilingTraffic, CountsEveryPassOfEveryRankAndPoint) {
  // points of 1 and 2 ranks; replicas of 1000 bytes, depth images of 2000
  Launch const launch = sample_launch("/tmp");
  CeilingTraffic const traffic = most_ceiling_traffic(launch.plan, launch.needs);
  EXPECT_EQ(traffic.read_bytes, 3U * 13U * 1000U);
  EXPECT_EQ(traffic.written_bytes, 3U * 9U * 2000U);
}

}  // namespace
}  // namespace lauebench
