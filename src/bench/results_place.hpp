#pragma once

#include <filesystem>

#include "cluster/launch_environment.hpp"
#include "config/config.hpp"

namespace lauebench {

/// Where the results go when --results does not say: default_results. But what lies on a node's own disk is out of
/// reach when its job has ended, so where the staging folder is node-local, as --staging-scope or its filesystem says,
/// a job's go to the folder from which it was submitted, as `<name>-<job id>.jsonl`, and those of several nodes outside
/// of a job to the working folder, as `laue-bench.jsonl`. `config.staging_dir` is absolute. Throws Error (bad_input) as
/// check_staging_place.
[[nodiscard]] std::filesystem::path choose_results(RunConfig const& config, int nodes,
                                                   EnvironmentLookup const& environment);

/// Throws Error (bad_input) unless `config.results` can become or is a results file (check_results_path) and is none
/// of the launch's other files: not the scan, the geometry file or a lock, with no lock of its own that is one of
/// these, and nowhere in the folders that replicas and depth images are written to and cleared from. A staging folder
/// that does not exist yet may hold it. Both paths are filled in. Writes nothing.
void check_results_place(RunConfig const& config);

}  // namespace lauebench
