#include "cluster/watchdog.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace lauebench {
namespace {

struct LastAct {
  std::mutex mutex;
  std::function<void(std::string const& why)> act;
};

LastAct& last_act() {
  static LastAct last;
  return last;
}

void do_last_act(std::string const& why) {
  std::scoped_lock const lock(last_act().mutex);
  if (last_act().act) {
    last_act().act(why);
  }
}

}  // namespace

Watchdog::Watchdog(Communicator& ranks, std::optional<WaitLimit> const& limit) {
  if (limit) {
    thread_ = std::jthread([this, &ranks, limit = *limit](std::stop_token const& stop) { guard(ranks, limit, stop); });
  }
}

void Watchdog::watch() {
  std::scoped_lock const lock(mutex_);
  is_watching_ = true;
  changed_.notify_all();
}

void Watchdog::guard(Communicator& ranks, WaitLimit const& limit, std::stop_token const& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return is_watching_; });
  changed_.wait_for(lock, stop, std::chrono::duration<double>(limit.seconds), [] { return false; });
  if (stop.stop_requested()) {
    return;
  }
  std::string const why = fmt::format(
      "the launch hangs: rank {} has been in a call for {:.0f} s in {} (a process, a node or a filesystem "
      "answers no more): look at the nodes, then go on with --resume",
      ranks.rank(), limit.seconds, limit.what);
  spdlog::error("{}", why);
  do_last_act(why);
  ranks.abort(static_cast<int>(ReturnCode::reconstruction_error));
}

BeforeLaunchEnds::BeforeLaunchEnds(std::function<void(std::string const& why)> act) {
  std::scoped_lock const lock(last_act().mutex);
  last_act().act = std::move(act);
}

BeforeLaunchEnds::~BeforeLaunchEnds() {
  std::scoped_lock const lock(last_act().mutex);
  last_act().act = nullptr;
}

}  // namespace lauebench
