#include "probe/node_load.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(NodeLoad, MemoryIsInBytes) {
  EXPECT_EQ(std::get<std::uint64_t>(memory_from("MemTotal:       24737380 kB\nMemFree: 1 kB\n")), 24737380ULL * 1024);
  EXPECT_TRUE(std::holds_alternative<Unknown>(memory_from("MemTotal: 12 pages\n")));
  EXPECT_TRUE(std::holds_alternative<Unknown>(memory_from("")));
  EXPECT_EQ(std::get<std::uint64_t>(available_memory_from("MemTotal: 9 kB\nMemAvailable: 2 kB\n")), 2048U);
}

TEST(NodeLoad, LoadAveragesAreOfOneFiveAndFifteenMinutes) {
  auto const averages = std::get<std::array<double, 3>>(load_average_from("0.20 0.18 0.12 1/80 11206\n"));
  EXPECT_EQ(averages, (std::array{0.20, 0.18, 0.12}));
  EXPECT_TRUE(std::holds_alternative<Unknown>(load_average_from("0.20")));
}

TEST(NodeLoad, BusyIsWhatIsNeitherIdleNorWaitingForStorage) {
  auto const times = std::get<CpuTimes>(cpu_times_from("cpu  1 2 4 100 50 8 16 32 5 5\ncpu0 1 2 4\n"));
  EXPECT_EQ(times.busy, 63.0);
  EXPECT_EQ(times.total, 213.0) << "time of guests is in that of users";
  EXPECT_TRUE(std::holds_alternative<Unknown>(cpu_times_from("cpu 1 2 3\n")));
  EXPECT_TRUE(std::holds_alternative<Unknown>(cpu_times_from("")));
}

TEST(NodeLoad, OfThisNodeIsKnown) {
  NodeLoad const load = read_node_load();
  EXPECT_GT(std::get<CpuTimes>(load.cpu).total, 0.0);
  EXPECT_LE(std::get<std::uint64_t>(load.memory_available_bytes), std::get<std::uint64_t>(load.memory_bytes));
  EXPECT_TRUE(std::get_if<0>(&load.load_average) != nullptr);
}

}  // namespace
}  // namespace lauebench
