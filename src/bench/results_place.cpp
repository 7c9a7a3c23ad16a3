#include "bench/results_place.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "bench/output_file.hpp"
#include "bench/results_writer.hpp"
#include "staging/filesystem_facts.hpp"
#include "staging/target_inspection.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// A job's folder of submission, name and number, as its scheduler tells.
struct JobVariables {
  char const* folder;
  char const* name;
  char const* array_id;  ///< of all tasks of an array; none elsewhere
  char const* task;
  char const* id;
};

constexpr JobVariables slurm{"SLURM_SUBMIT_DIR", "SLURM_JOB_NAME", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID",
                             "SLURM_JOB_ID"};
/// PBS numbers tasks in the id itself: "12[3].server".
constexpr JobVariables pbs{"PBS_O_WORKDIR", "PBS_JOBNAME", "", "", "PBS_JOBID"};

/// Empty outside of a job of this scheduler.
fs::path job_results(JobVariables const& variables, EnvironmentLookup const& environment) {
  auto const id = environment(variables.id);
  if (!id) {
    return {};
  }
  auto const array = environment(variables.array_id);
  std::string const number = array ? fmt::format("{}_{}", *array, environment(variables.task).value_or("")) : *id;
  std::string name = fmt::format("{}-{}.jsonl", environment(variables.name).value_or("laue-bench"), number);
  std::ranges::replace(name, '/', '_');
  return fs::path(environment(variables.folder).value_or(fs::current_path().string())) / name;
}

/// Who can reach the first staging folder, as far as it is known before a file was looked for there.
FilesystemReach reach_of(RunConfig const& config) {
  if (config.staging_scope != StagingScope::automatic) {
    return config.staging_scope == StagingScope::node_local ? FilesystemReach::local : FilesystemReach::network;
  }
  return read_filesystem_facts(check_staging_place(config.staging_dirs.front())).reach;
}

}  // namespace

fs::path choose_results(RunConfig const& config, int nodes, EnvironmentLookup const& environment) {
  FilesystemReach const reach = reach_of(config);
  if (reach == FilesystemReach::network) {
    return default_results(config);
  }
  for (JobVariables const& variables : {slurm, pbs}) {
    if (fs::path results = job_results(variables, environment); !results.empty()) {
      return results;
    }
  }
  // on one node that is nobody's job the folder stays within reach
  bool const stays = nodes == 1 || reach == FilesystemReach::unknown;
  return stays ? default_results(config) : fs::current_path() / "laue-bench.jsonl";
}

void check_results_place(RunConfig const& config) {
  OutputFile const results = results_file(config.results);
  check_apart_from_launch(results, config);
  if (!is_in_new_staging_folder(results, config)) {
    check_results_path(config.results);
  }
}

}  // namespace lauebench
