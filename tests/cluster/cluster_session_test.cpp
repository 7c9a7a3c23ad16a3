#include "cluster/cluster_session.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>
#include <sys/wait.h>

#if defined(__SANITIZE_ADDRESS__)
// MPI unloads its plugins at the end; what they leak could then no longer be told from what we leak.
extern "C" int dlclose(void* /*handle*/) noexcept { return 0; }
#endif

namespace lauebench {
namespace {

TEST(ClusterSession, WithoutALauncherIsOneRankAndNoMpi) {
  ClusterSession session;
  EXPECT_EQ(session.world().size(), 1);
  int mpi_is_started = 1;
  MPI_Initialized(&mpi_is_started);
  EXPECT_EQ(mpi_is_started, 0);
}

TEST(MpiLibrary, NamesLibraryAndVersionOnOneLine) {
  EXPECT_THAT(mpi_library(), testing::ContainsRegex("[0-9]+\\.[0-9]+"));
  EXPECT_THAT(mpi_library(), testing::Not(testing::HasSubstr("\n")));
}

/// The test starts itself twice under mpirun; those two processes look at the session.
TEST(ClusterSession, UnderALauncherIsMpiWithAllRanks) {
  if (environment_variable("OMPI_COMM_WORLD_SIZE") || environment_variable("PMI_SIZE")) {
    ClusterSession session;
    EXPECT_EQ(session.world().size(), 2);
    session.world().barrier();
    return;
  }
  auto const program = std::filesystem::read_symlink("/proc/self/exe").string();
  auto const command = std::string(LAUEBENCH_SOURCE_DIR) + "/tests/support/mpi_launch " + LAUEBENCH_MPIRUN + " 2 " +
                       program + " --gtest_filter=ClusterSession.UnderALauncherIsMpiWithAllRanks > /dev/null";
  int const status = std::system(command.c_str());
  if (WEXITSTATUS(status) == 77) {
    GTEST_SKIP() << "no MPI launcher works here";
  }
  EXPECT_EQ(status, 0) << command;
}

}  // namespace
}  // namespace lauebench
