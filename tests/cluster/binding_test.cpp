#include "cluster/binding.hpp"

#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(CpuLists, AreWrittenAsTheKernelWritesThemAndReadBack) {
  EXPECT_EQ(format_cpus({}), "");
  EXPECT_EQ(format_cpus({0}), "0");
  EXPECT_EQ(format_cpus({0, 1, 2, 3, 8}), "0-3,8");
  EXPECT_EQ(format_cpus({5, 4096}), "5,4096");
  for (auto const* const list : {"", "0", "0-3,8", "5,4096"}) {
    EXPECT_EQ(format_cpus(parse_cpus(list)), list);
  }
}

TEST(CpuLists, NothingElseIsTaken) {
  for (auto const* const list : {"a", "1;2", "4-", "0x3", " 1"}) {
    EXPECT_THROW(static_cast<void>(parse_cpus(list)), std::invalid_argument) << list;
  }
}

TEST(Affinity, IsNarrowedWidenedAndInheritedByNewThreads) {
  CpuSet const all = current_affinity();
  ASSERT_FALSE(all.empty());
  CpuSet const one{all.back()};
  EXPECT_EQ(widen_affinity(one), one);
  EXPECT_EQ(current_affinity(), one);
  CpuSet of_thread;
  std::thread([&of_thread] { of_thread = current_affinity(); }).join();
  EXPECT_EQ(of_thread, one);
  EXPECT_EQ(widen_affinity(all), all);
}

TEST(Affinity, WhatTheKernelRefusesShowsInWhatIsReadBack) {
  CpuSet const all = current_affinity();
  // no machine has this one: the kernel refuses a set without any usable CPU, and drops it from a larger set
  EXPECT_EQ(widen_affinity({1'000'000}), all);
  CpuSet wished = all;
  wished.push_back(8000);
  EXPECT_EQ(widen_affinity(wished), all);
}

TEST(LaunchCpus, OfAProcessAloneAreItsOwn) {
  auto const ranks = make_serial_communicator();
  EXPECT_EQ(launch_cpus(*ranks, find_nodes(*ranks)), current_affinity());
}

}  // namespace
}  // namespace lauebench
