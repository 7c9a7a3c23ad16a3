#include "cluster/helper_threads.hpp"

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

}  // namespace lauebench
