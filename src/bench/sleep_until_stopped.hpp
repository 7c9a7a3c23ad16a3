#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace lauebench {

/// Sleeps for so many seconds, or until `stop` is requested. Returns whether it was.
[[nodiscard]] inline bool sleep_until_stopped(std::stop_token const& stop, double seconds) {
  std::mutex mutex;
  std::condition_variable_any nobody_notifies;  // but the request itself
  std::unique_lock lock(mutex);
  std::chrono::duration<double> const longest(seconds);
  return nobody_notifies.wait_for(lock, stop, longest, [&stop] { return stop.stop_requested(); });
}

}  // namespace lauebench
