#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "cluster/binding.hpp"
#include "cluster/monotonic_clock.hpp"
#include "cluster/mpi_communicator.hpp"
#include "cluster/nodes.hpp"
#include "cluster/start_line.hpp"

namespace lauebench {
namespace {

TEST(MpiNodes, AllRanksOfThisMachineAreOneNode) {
  auto const ranks = make_mpi_communicator();
  Nodes const nodes = find_nodes(*ranks);
  EXPECT_EQ(nodes.count, 1);
  ASSERT_EQ(nodes.ranks.size(), static_cast<std::size_t>(ranks->size()));
  for (int rank = 0; rank < ranks->size(); ++rank) {
    RankPlace const& place = nodes.ranks[static_cast<std::size_t>(rank)];
    EXPECT_EQ(place.node, 0);
    EXPECT_EQ(place.local_rank, rank);
    EXPECT_EQ(place.local_size, ranks->size());
    EXPECT_EQ(place.host, host_name());
  }
}

TEST(MpiNodes, LaunchCpusAreTheUnionOfAllRanksAffinities) {
  auto const ranks = make_mpi_communicator();
  Nodes const nodes = find_nodes(*ranks);
  CpuSet const before = current_affinity();
  // every rank alone on one of the cores that there are, as mpirun binds them
  CpuSet const all = launch_cpus(*ranks, nodes);
  int const mine = all[static_cast<std::size_t>(ranks->rank()) % all.size()];
  ASSERT_EQ(widen_affinity({mine}), CpuSet{mine});
  CpuSet const given = launch_cpus(*ranks, nodes);
  auto const distinct = std::min(all.size(), static_cast<std::size_t>(ranks->size()));
  EXPECT_EQ(given, CpuSet(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(distinct)));
  EXPECT_EQ(widen_affinity(given), given);
  EXPECT_EQ(widen_affinity(before), before);
}

TEST(MpiStartLine, AllRanksOfOneMachineGetTheSameMomentAndNobodyStartsBeforeIt) {
  auto const ranks = make_mpi_communicator();
  StartLine line(*ranks, find_nodes(*ranks));
  EXPECT_GE(line.lead_s(), 1e-3);
  EXPECT_LE(line.lead_s(), 0.1);
  EXPECT_EQ(ranks->broadcast(std::to_string(line.lead_s())), std::to_string(line.lead_s()));
  for (int run = 0; run < 3; ++run) {
    double const before_s = monotonic_s();
    CommonStart const start = line.wait();
    double const after_s = monotonic_s();
    EXPECT_GE(start.start_s - before_s, line.lead_s() * 0.999);
    EXPECT_GE(start.late_s, 0.0);
    EXPECT_GE(after_s, start.start_s + start.late_s);
    EXPECT_EQ(start.timeline_s, start.start_s) << "one node, one clock";
    EXPECT_EQ(ranks->broadcast(std::to_string(start.start_s)), std::to_string(start.start_s));
  }
}

}  // namespace
}  // namespace lauebench
