#include "cluster/helper_threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace lauebench {

void work_with_helpers(std::size_t threads, std::function<void(std::size_t thread)> const& work) {
  std::vector<std::jthread> helpers;
  helpers.reserve(threads);
  try {
    for (std::size_t thread = 1; thread < threads; ++thread) {
      helpers.emplace_back([&work, thread] { work(thread); });
    }
  } catch (std::system_error const&) {
    // The system starts no more: those that there are do it.
  }
  work(0);
}

void share_out(std::size_t threads, std::int64_t tasks,
               std::function<void(std::size_t thread, std::int64_t task)> const& action) {
  std::atomic<std::int64_t> next = 0;
  std::mutex problem_mutex;
  std::exception_ptr problem;
  work_with_helpers(std::min(threads, static_cast<std::size_t>(tasks)), [&](std::size_t thread) {
    try {
      for (std::int64_t task = next++; task < tasks; task = next++) {
        action(thread, task);
      }
    } catch (...) {
      std::scoped_lock const lock(problem_mutex);
      problem = problem ? problem : std::current_exception();
      next = tasks;
    }
  });
  if (problem) {
    std::rethrow_exception(problem);
  }
}

}  // namespace lauebench
