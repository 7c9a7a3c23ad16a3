#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "cluster/communicator.hpp"

namespace lauebench {

/// Ends the launch (Communicator::abort) when it watches for longer than a limit. For calls of MPI and HDF5 that wait
/// for other ranks and cannot be left: on a filesystem without room some have never returned.
class Watchdog {
 public:
  /// To be made before the ranks agree on the call: a rank that can have none gives up there. Without a limit it does
  /// nothing. `ranks` outlive it. Throws std::system_error where no thread can be started.
  Watchdog(Communicator& ranks, std::optional<WaitLimit> const& limit);

  /// From now on until it goes.
  void watch();

 private:
  void guard(Communicator& ranks, WaitLimit const& limit, std::stop_token const& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_watching_ = false;
  std::jthread thread_;  ///< the last member: it ends before what it uses
};

/// What a Watchdog of this process does before it ends the launch, as long as this lives: records are to be safe by
/// then. One at a time.
class BeforeLaunchEnds {
 public:
  explicit BeforeLaunchEnds(std::function<void(std::string const& why)> act);
  ~BeforeLaunchEnds();
  BeforeLaunchEnds(BeforeLaunchEnds const&) = delete;
  BeforeLaunchEnds& operator=(BeforeLaunchEnds const&) = delete;
};

}  // namespace lauebench
