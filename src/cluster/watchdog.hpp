#pragma once

#include <optional>
#include <thread>

#include "cluster/communicator.hpp"

namespace lauebench {

/// Ends the launch (Communicator::abort) when it lives longer than a limit. For calls of MPI and HDF5 that wait for
/// other ranks and cannot be left: on a filesystem without room some have never returned.
class Watchdog {
 public:
  /// Without a limit it does nothing. `ranks` outlive it. Throws std::system_error where no thread can be started.
  Watchdog(Communicator& ranks, std::optional<WaitLimit> const& limit);

 private:
  std::jthread thread_;
};

}  // namespace lauebench
