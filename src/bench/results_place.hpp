#pragma once

#include "config/config.hpp"

namespace lauebench {

/// Throws Error (bad_input) unless `config.results` can become or is a results file (check_results_path) and is none
/// of the launch's other files: not the scan, the geometry file or a lock, with no lock of its own that is one of
/// these, and nowhere in the folders that replicas and depth images are written to and cleared from. A staging folder
/// that does not exist yet may hold it. Both paths are filled in. Writes nothing.
void check_results_place(RunConfig const& config);

}  // namespace lauebench
