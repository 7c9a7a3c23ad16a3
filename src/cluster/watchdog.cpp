#include "cluster/watchdog.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <spdlog/spdlog.h>

namespace lauebench {

Watchdog::Watchdog(Communicator& ranks, std::optional<WaitLimit> const& limit) {
  if (!limit) {
    return;
  }
  thread_ = std::jthread([&ranks, limit = *limit](std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, std::chrono::duration<double>(limit.seconds), [] { return false; });
    if (!stop.stop_requested()) {
      spdlog::error(
          "the launch hangs: rank {} has been in a call for {:.0f} s in {} (a process, a node or a "
          "filesystem answers no more): look at the nodes, then go on with --resume",
          ranks.rank(), limit.seconds, limit.what);
      ranks.abort(static_cast<int>(ReturnCode::reconstruction_error));
    }
  });
}

}  // namespace lauebench
