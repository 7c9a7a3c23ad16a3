#include "cluster/helper_threads.hpp"

#include <atomic>
#include <set>
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

}  // namespace
}  // namespace lauebench
