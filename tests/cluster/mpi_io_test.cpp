#include "cluster/mpi_io.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

namespace lauebench {
namespace {

/// What it says where MPI is not started, and where another component is asked for, tests/program/test_environment.py
/// sees.
TEST(MpiIo, NamesItsComponentWhereMpiIsStarted) {
  MpiIo const io = mpi_io();
  EXPECT_TRUE(io.component == "ompio" || io.component.starts_with("romio")) << io.component;
  EXPECT_EQ(io.unknown_because, "");
}

TEST(MpiIo, LeavesTheThreadLevelAsItWas) {
  int before = MPI_THREAD_SINGLE;
  MPI_Query_thread(&before);
  static_cast<void>(mpi_io());
  int after = MPI_THREAD_SINGLE;
  MPI_Query_thread(&after);
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace lauebench
