#include "cluster/mpi_io.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(MpiIo, IsUnknownWhereMpiIsNotStarted) {
  MpiIo const io = mpi_io();
  EXPECT_EQ(io.component, "");
  EXPECT_EQ(io.unknown_because, "MPI is not started in a launch without mpirun or srun");
}

}  // namespace
}  // namespace lauebench
