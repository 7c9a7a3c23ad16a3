#include "cluster/helper_threads.hpp"

#include <atomic>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(HelperThreads, EachWorksOnceAtTheSameTimeAsTheOthers) {
  constexpr std::size_t threads = 4;
  std::vector<std::thread::id> ids(threads);
  std::atomic<std::size_t> arrived = 0;
  work_with_helpers(threads, [&](std::size_t thread) {
    ids[thread] = std::this_thread::get_id();
    ++arrived;
    while (arrived < threads) {
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(arrived, threads);
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), threads);
}

TEST(HelperThreads, OneOrNoneIsThisThreadAlone) {
  for (std::size_t const threads : {0U, 1U}) {
    std::vector<std::size_t> calls;
    work_with_helpers(threads, [&calls](std::size_t thread) { calls.push_back(thread); });
    EXPECT_EQ(calls, std::vector<std::size_t>{0});
  }
}

TEST(ShareOut, EveryTaskIsDoneOnce) {
  constexpr std::int64_t tasks = 1000;
  std::vector<int> done(tasks);  // each place is touched by one thread alone, or the test fails
  share_out(3, tasks, [&done](std::size_t thread, std::int64_t task) {
    EXPECT_LT(thread, 3U);
    ++done[static_cast<std::size_t>(task)];
  });
  EXPECT_EQ(done, std::vector<int>(tasks, 1));
}

TEST(ShareOut, NothingToDoIsDone) {
  share_out(2, 0, [](std::size_t, std::int64_t) { FAIL(); });
}

TEST(ShareOut, AnExceptionEndsItAndIsThrownOn) {
  std::atomic<int> done = 0;
  EXPECT_THROW(share_out(2, 1'000'000'000,
                         [&done](std::size_t, std::int64_t task) {
                           ++done;
                           if (task == 10) {
                             throw std::runtime_error("task 10");
                           }
                         }),
               std::runtime_error);
  EXPECT_LT(done, 1'000'000'000);
}

}  // namespace
}  // namespace lauebench
