#pragma once

#include <memory>

#include "cluster/communicator.hpp"

namespace lauebench {

/// All ranks of the launch, over a duplicate of MPI_COMM_WORLD, so that our messages never meet those of HDF5 or a
/// library. MPI is started; the communicator must be gone before MPI_Finalize. Collective.
[[nodiscard]] std::unique_ptr<Communicator> make_mpi_communicator();

}  // namespace lauebench
