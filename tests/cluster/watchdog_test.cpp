#include "cluster/watchdog.hpp"

#include <chrono>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(WatchdogDeathTest, EndsTheLaunchWhenACallOutlivesItsLimit) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto const overdue = [] {
    auto const ranks = make_serial_communicator();
    Watchdog const watchdog(*ranks, WaitLimit{0.05, "run 3 of cpu-p2-t1"});
    std::this_thread::sleep_for(std::chrono::seconds(60));
  };
  EXPECT_EXIT(overdue(), testing::ExitedWithCode(1), "");
}

TEST(Watchdog, LetsPassWhatEndsInTime) {
  auto const ranks = make_serial_communicator();
  auto const begin = std::chrono::steady_clock::now();
  { Watchdog const watchdog(*ranks, WaitLimit{3600.0, "a test"}); }
  { Watchdog const watchdog(*ranks, std::nullopt); }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << "it is not waited for";
}

}  // namespace
}  // namespace lauebench
