#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cluster/communicator.hpp"
#include "cluster/launch_environment.hpp"

namespace lauebench {

/// MPI for as long as it lives (MPI_Init_thread .. MPI_Finalize); a serial communicator, and no MPI at all, when the
/// process was not started by an MPI launcher: a single process then needs no launcher that works. One per process,
/// made and destroyed by the main thread.
///
/// MPI_THREAD_SERIALIZED is asked for: the main thread talks to the other ranks, and while it does not, the thread that
/// writes a shared file. MPI_THREAD_FUNNELED does for everything else; MPI_THREAD_MULTIPLE costs locks.
///
/// An Error that not every rank throws must be caught inside the session's life and end in world().abort(): ranks that
/// wait for this one would wait for ever.
class ClusterSession {
 public:
  /// Throws Error (bad_input) when this is one of several processes that do not know of each other (srun without PMIx).
  ClusterSession();
  ~ClusterSession();
  ClusterSession(ClusterSession const&) = delete;
  ClusterSession& operator=(ClusterSession const&) = delete;

  [[nodiscard]] Communicator& world() { return *world_; }

 private:
  Launcher launcher_;
  std::unique_ptr<Communicator> world_;
};

/// The MPI library's name and version, one line; needs no session.
[[nodiscard]] std::string mpi_library();

}  // namespace lauebench
