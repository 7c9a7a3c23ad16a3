#include "cluster/launch_environment.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

/// Set by Open MPI's mpirun, by anything that speaks PMIx, by MPICH's, Intel's and Slurm's PMI, by Cray's PALS.
constexpr std::array launch_variables{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE", "PALS_RANKID"};

std::optional<int> number(std::optional<std::string> const& text) {
  int value = 0;
  if (!text || text->empty()) {
    return std::nullopt;
  }
  auto const [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
  return problem == std::errc() && end == text->data() + text->size() ? std::optional(value) : std::nullopt;
}

/// Tasks of the Slurm step in which this process runs. SLURM_NTASKS alone belongs to the whole allocation: only a step
/// has an id.
std::optional<int> tasks_of_step(EnvironmentLookup const& environment) {
  if (!environment("SLURM_STEP_ID")) {
    return std::nullopt;
  }
  auto const of_step = number(environment("SLURM_STEP_NUM_TASKS"));
  return of_step ? of_step : number(environment("SLURM_NTASKS"));
}

}  // namespace

std::optional<std::string> environment_variable(std::string const& name) {
  char const* const value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody here sets variables
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Launcher find_launcher(EnvironmentLookup const& environment) {
  if (std::any_of(launch_variables.begin(), launch_variables.end(),
                  [&](char const* name) { return environment(name).has_value(); })) {
    return Launcher::mpi;
  }
  if (auto const tasks = tasks_of_step(environment).value_or(1); tasks > 1) {
    throw bad_input(fmt::format("srun started {} tasks that do not know of each other", tasks),
                    "srun was not told to use PMIx", "use srun --mpi=pmix, or mpirun");
  }
  return Launcher::none;
}

std::optional<int> ranks_announced(EnvironmentLookup const& environment) {
  for (char const* const name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    if (auto const ranks = number(environment(name))) {
      return ranks;
    }
  }
  return tasks_of_step(environment);
}

}  // namespace lauebench
