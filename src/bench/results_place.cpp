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

}  // namespace

void check_results_place(RunConfig const& config) {
  for (auto const& [what, file] : {std::pair("the scan", config.h5), std::pair("the geometry file", config.geometry)}) {
    if (is_same_file(config.results, file)) {
      throw refused(config.results, fmt::format("it is {} {}", what, file.string()));
    }
  }
  fs::path const real = real_path(config.results);
  if (real == real_path(staging_lock_file(config.staging_dir))) {
    throw refused(config.results, "it is the staging folder's lock");
  }
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
