#include "probe/topology.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace lauebench {
namespace {

/// hwloc describes this machine while it lives, and none other: nothing that runs on.
class MadeUpMachine {
 public:
  explicit MadeUpMachine(char const* description) { ::setenv("HWLOC_SYNTHETIC", description, 1); }
  ~MadeUpMachine() { ::unsetenv("HWLOC_SYNTHETIC"); }
  MadeUpMachine(MadeUpMachine const&) = delete;
  MadeUpMachine& operator=(MadeUpMachine const&) = delete;
};

std::string text_of(std::vector<CacheFacts> const& caches) {
  std::string text;
  for (CacheFacts const& cache : caches) {
    text += "L" + std::to_string(cache.level) + " " + std::to_string(cache.bytes) + " x" + std::to_string(cache.count) +
            " for " + std::to_string(cache.shared_by_cpus) + "; ";
  }
  return text;
}

TEST(Topology, CountsSocketsCoresMemoriesAndCaches) {
  MadeUpMachine const machine("pack:2 numa:2 l3:1(size=32MB) l2:4(size=1MB) l1:1(size=32kB) core:1 pu:2");
  Topology const topology = read_topology();
  EXPECT_EQ(std::get<int>(topology.sockets), 2);
  EXPECT_EQ(std::get<int>(topology.numa_nodes), 4);
  EXPECT_EQ(std::get<int>(topology.cores), 16);
  EXPECT_EQ(text_of(std::get<std::vector<CacheFacts>>(topology.caches)),
            "L1 32000 x16 for 2; L2 1000000 x16 for 2; L3 32000000 x4 for 8; ");
  EXPECT_EQ(std::get<std::vector<int>>(topology.allowed_cpus).size(), 32U);
}

TEST(Topology, WhatIsNotThereHasAReason) {
  MadeUpMachine const machine("numa:1 pu:3");
  Topology const topology = read_topology();
  EXPECT_EQ(std::get<Unknown>(topology.caches).reason, "hwloc finds none");
  EXPECT_EQ(std::get<Unknown>(topology.sockets).reason, "hwloc finds none");
}

TEST(Topology, OfThisMachineIsKnown) {
  Topology const topology = read_topology();
  EXPECT_GE(std::get<int>(topology.numa_nodes), 1);
  EXPECT_LE(std::get<std::vector<int>>(topology.allowed_cpus).size(),
            static_cast<std::size_t>(::sysconf(_SC_NPROCESSORS_CONF)));
}

}  // namespace
}  // namespace lauebench
