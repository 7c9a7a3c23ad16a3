#include "bench/results_place.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "bench/output_file.hpp"
#include "bench/results_writer.hpp"
#include "config/normal_path.hpp"
#include "staging/file_lock.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// The results file's own lock is nothing else that the launch uses.
void check_its_lock(OutputFile const& results, RunConfig const& config) {
  fs::path const lock = results_lock_file(real_path(results.path));
  if (real_path(lock) == real_path(staging_lock_file(config.staging_dir))) {
    throw refused(results, "its lock would be the staging folder's");
  }
  for (auto const& [file, what] : input_files(config)) {
    if (is_same_file(lock, file)) {
      throw refused(results, fmt::format("{} {} has the name of its lock", what, file.string()));
    }
  }
}

}  // namespace

void check_results_place(RunConfig const& config) {
  OutputFile const results = results_file(config.results);
  check_apart_from_launch(results, config);
  check_its_lock(results, config);
  if (!is_in_new_staging_folder(results, config)) {
    check_results_path(config.results);
  }
}

}  // namespace lauebench
