#include "bench/results_place.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "bench/results_writer.hpp"
#include "config/error.hpp"
#include "config/normal_path.hpp"
#include "staging/file_lock.hpp"
#include "staging/own_names.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

Error refused(fs::path const& results, std::string const& why) {
  return bad_input(fmt::format("cannot write results file {}", results.string()), why,
                   "choose another file with --results");
}

/// By whatever name: links, symbolic or not, lead to the same file.
bool is_same_file(fs::path const& one, fs::path const& other) {
  std::error_code missing;
  return fs::equivalent(one, other, missing);
}

/// `path` is `folder` or below it; both without symbolic links.
bool is_within(fs::path const& path, fs::path const& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// No lock is a results file, and the results file's own lock is nothing else that the launch uses.
void refuse_locks(RunConfig const& config, fs::path const& real) {
  std::string const suffix = results_lock_file({}).string();
  for (fs::path const& name : {real.filename(), config.results.filename()}) {
    if (name.string().ends_with(suffix)) {
      throw refused(config.results, fmt::format("names that end in {} are those of locks", suffix));
    }
  }
  fs::path const lock = results_lock_file(real);
  if (real_path(lock) == real_path(staging_lock_file(config.staging_dir))) {
    throw refused(config.results, "its lock would be the staging folder's");
  }
  for (auto const& [what, file] : {std::pair("the scan", config.h5), std::pair("the geometry file", config.geometry)}) {
    if (is_same_file(lock, file)) {
      throw refused(config.results, fmt::format("{} {} has the name of its lock", what, file.string()));
    }
  }
}

}  // namespace

void check_results_place(RunConfig const& config) {
  for (auto const& [what, file] : {std::pair("the scan", config.h5), std::pair("the geometry file", config.geometry)}) {
    if (is_same_file(config.results, file)) {
      throw refused(config.results, fmt::format("it is {} {}", what, file.string()));
    }
  }
  fs::path const real = real_path(config.results);
  refuse_locks(config, real);
  for (auto const* const name : {input_folder_name, output_folder_name}) {
    fs::path const folder = config.staging_dir / name;
    if (is_within(real, real_path(folder))) {
      throw refused(config.results, fmt::format("it lies in {}, which belongs to the launch", folder.string()));
    }
  }
  std::error_code unreadable;
  bool const is_in_new_staging_folder =
      real.parent_path() == config.staging_dir && !fs::exists(config.staging_dir, unreadable);
  if (!is_in_new_staging_folder) {
    check_results_path(config.results);
  }
}

}  // namespace lauebench
