#pragma once

#include <string>

namespace lauebench {

/// Which part of the MPI library opens files.
struct MpiIo {
  std::string component;        ///< "ompio"; empty where it is not known
  std::string unknown_because;  ///< for people
};

/// What Open MPI's control variables say (MPI_T): the component that was asked for, else the one of highest priority. A
/// file on a filesystem that another component bids higher for (Lustre) may still get that one. MPICH has one
/// component.
[[nodiscard]] MpiIo mpi_io();

}  // namespace lauebench
