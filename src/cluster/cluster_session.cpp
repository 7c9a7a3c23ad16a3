#include "cluster/cluster_session.hpp"

#include <algorithm>
#include <exception>

#include <fmt/format.h>
#include <mpi.h>

#include "cluster/mpi_communicator.hpp"

namespace lauebench {
namespace {

std::string name_of_thread_level(int level) {
  switch (level) {
    case MPI_THREAD_SINGLE:
      return "single";
    case MPI_THREAD_FUNNELED:
      return "funneled";
    case MPI_THREAD_SERIALIZED:
      return "serialized";
    case MPI_THREAD_MULTIPLE:
      return "multiple";
    default:
      return fmt::format("unknown ({})", level);
  }
}

void start_mpi() {
  int level = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level) != MPI_SUCCESS) {
    throw Error(ReturnCode::reconstruction_error, "MPI does not start", "MPI_Init_thread failed",
                "check the MPI installation");
  }
  if (level < MPI_THREAD_FUNNELED) {
    MPI_Finalize();
    throw Error(ReturnCode::reconstruction_error, "MPI allows no threads",
                "its thread level is " + name_of_thread_level(level), "use an MPI library with MPI_THREAD_FUNNELED");
  }
}

/// A launcher that speaks another dialect than the MPI library leaves each process alone in a world of its own.
void check_ranks() {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int const announced = ranks_announced(environment_variable).value_or(ranks);
  if (ranks == 1 && announced > 1) {
    MPI_Finalize();
    throw bad_input(fmt::format("{} processes were started but each is alone", announced),
                    "launcher and MPI library do not understand each other",
                    "use the mpirun of the MPI library that laue-bench was built with, or srun --mpi=pmix");
  }
}

}  // namespace

std::string mpi_library() {
  std::string text(MPI_MAX_LIBRARY_VERSION_STRING, '\0');
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  text.resize(static_cast<std::size_t>(length));
  text.resize(std::min(text.find('\0'), text.size()));
  std::replace(text.begin(), text.end(), '\n', ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

ClusterSession::ClusterSession() : launcher_(find_launcher(environment_variable)) {
  if (launcher_ == Launcher::none) {
    world_ = make_serial_communicator();
    return;
  }
  start_mpi();
  check_ranks();
  world_ = make_mpi_communicator();
}

ClusterSession::~ClusterSession() {
  if (launcher_ == Launcher::none) {
    return;
  }
  try {
    // MPI_Finalize spins while it waits for the slowest rank
    world_->barrier(Waiting::idle);
  } catch (std::exception const&) {
    world_->abort(static_cast<int>(ReturnCode::reconstruction_error));
  }
  world_.reset();
  MPI_Finalize();
}

}  // namespace lauebench
