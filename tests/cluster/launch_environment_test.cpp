#include "cluster/launch_environment.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

EnvironmentLookup with(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string const& name) -> std::optional<std::string> {
    auto const found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(FindLauncher, KnowsProcessesStartedAlone) {
  EXPECT_EQ(find_launcher(with({})), Launcher::none);
  // a batch script, and a shell of an interactive allocation: the allocation's tasks are not the step's
  EXPECT_EQ(find_launcher(with({{"SLURM_JOB_ID", "1"}, {"SLURM_NTASKS", "8"}})), Launcher::none);
  EXPECT_EQ(
      find_launcher(with({{"SLURM_STEP_ID", "4294967290"}, {"SLURM_NTASKS", "8"}, {"SLURM_STEP_NUM_TASKS", "1"}})),
      Launcher::none);
  EXPECT_EQ(find_launcher(with({{"SLURM_STEP_ID", "0"}, {"SLURM_NTASKS", "1"}})), Launcher::none);
}

TEST(FindLauncher, KnowsEachLaunchersVariables) {
  for (auto const* const name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE", "PALS_RANKID"}) {
    EXPECT_EQ(find_launcher(with({{name, "0"}})), Launcher::mpi) << name;
    EXPECT_EQ(find_launcher(with({{name, "0"}, {"SLURM_STEP_ID", "0"}, {"SLURM_NTASKS", "4"}})), Launcher::mpi) << name;
  }
}

TEST(FindLauncher, RefusesSlurmTasksThatDoNotKnowOfEachOther) {
  for (auto const* const name : {"SLURM_NTASKS", "SLURM_STEP_NUM_TASKS"}) {
    try {
      static_cast<void>(find_launcher(with({{"SLURM_STEP_ID", "0"}, {name, "4"}})));
      ADD_FAILURE() << "nothing was thrown";
    } catch (Error const& error) {
      EXPECT_EQ(error.code(), ReturnCode::bad_input);
      EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("4 tasks"), testing::HasSubstr("--mpi=pmix")));
    }
  }
}

TEST(RanksAnnounced, PrefersTheLauncherThatIsNearest) {
  EXPECT_EQ(ranks_announced(with({})), std::nullopt);
  EXPECT_EQ(
      ranks_announced(with({{"OMPI_COMM_WORLD_SIZE", "2"}, {"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}})), 2);
  EXPECT_EQ(ranks_announced(with({{"PMI_SIZE", "3"}})), 3);
  EXPECT_EQ(ranks_announced(with({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "5"}})), 5);
  EXPECT_EQ(ranks_announced(with({{"PMI_SIZE", "many"}})), std::nullopt);
}

}  // namespace
}  // namespace lauebench
