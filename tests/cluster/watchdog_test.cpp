#include "cluster/watchdog.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(WatchdogDeathTest, EndsTheLaunchWhenACallOutlivesItsLimit) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto const overdue = [] {
    auto const ranks = make_serial_communicator();
    BeforeLaunchEnds const last_act([](std::string const& why) { std::cerr << "recorded: " << why; });
    Watchdog watchdog(*ranks, WaitLimit{0.05, "run 3 of cpu-p2-t1"});
    watchdog.watch();
    std::this_thread::sleep_for(std::chrono::seconds(60));
  };
  EXPECT_EXIT(overdue(), testing::ExitedWithCode(1), "recorded: the launch hangs: rank 0 .* in run 3 of cpu-p2-t1");
}

TEST(Watchdog, LetsPassWhatEndsInTime) {
  auto const ranks = make_serial_communicator();
  auto const begin = std::chrono::steady_clock::now();
  {
    Watchdog watchdog(*ranks, WaitLimit{3600.0, "a test"});
    watchdog.watch();
  }
  { Watchdog(*ranks, std::nullopt).watch(); }
  {
    Watchdog const unused(*ranks, WaitLimit{0.01, "a test"});
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << "it is not waited for";
}

}  // namespace
}  // namespace lauebench
