#include "staging/left_behind.hpp"

#include <algorithm>
#include <string_view>

#include "staging/file_lock.hpp"
#include "staging/output_folders.hpp"
#include "staging/own_names.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_manifest.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// The folder `input` of a staging folder; not valid: there is none.
posix::Descriptor open_input(posix::Descriptor const& staging, fs::path const& path) {
  return posix::look_at(staging, input_folder_name, path) ? posix::open_own_folder_at(staging, input_folder_name, path)
                                                          : posix::Descriptor();
}

/// What an entry of `input` is, for people; empty: not ours.
std::string_view meaning_in_input(std::string const& name, struct stat const& status, ReplicaManifest const& manifest) {
  if (!posix::is_own_file(status)) {
    return {};
  }
  if (name == manifest_name) {
    return "list of replicas";
  }
  if (is_temporary_name(name)) {
    return "half-made copy";
  }
  bool const is_replica = is_replica_name(name) && manifest.names_replica(name, state_of(status));
  return is_replica ? "replica" : std::string_view();
}

/// The manifest last: what it names is ours as long as it is there.
std::vector<LeftBehind> find_in_input(posix::Descriptor const& input, fs::path const& path) {
  std::vector<LeftBehind> found;
  if (!input.valid()) {
    return found;
  }
  ReplicaManifest const manifest = read_manifest(input, path);
  for (auto const& name : posix::list(input, path)) {
    auto const status = posix::look_at(input, name, path / name);
    auto const what = status ? meaning_in_input(name, *status, manifest) : std::string_view();
    if (!what.empty()) {
      found.push_back({std::string(what), path / name, posix::bytes_on_disk(*status)});
    }
  }
  std::ranges::stable_partition(found, [](LeftBehind const& file) { return file.path.filename() != manifest_name; });
  return found;
}

std::vector<LeftBehind> find_outputs(fs::path const& staging_dir) {
  auto const output = find_previous_output(staging_dir);
  std::vector<LeftBehind> found;
  found.reserve(output.runs.size() + 1);
  for (auto const& run : output.runs) {
    found.push_back({"output of a run", staging_dir / output_folder_name / run.name, run.bytes});
  }
  if (output.is_marked) {
    found.push_back({"output folder", staging_dir / output_folder_name, 0});
  }
  return found;
}

/// Beside `input` and `output`; the lock last.
std::vector<LeftBehind> find_beside(posix::Descriptor const& staging, fs::path const& staging_dir) {
  std::vector<LeftBehind> found;
  auto const add = [&](std::string const& name, char const* what) {
    auto const status = posix::look_at(staging, name, staging_dir / name);
    if (status && posix::is_own_file(*status)) {
      found.push_back({what, staging_dir / name, posix::bytes_on_disk(*status)});
    }
  };
  for (auto const& name : posix::list(staging, staging_dir)) {
    if (is_temporary_name(name)) {
      add(name, "half-made file");
    }
  }
  add(staging_lock_file(staging_dir).filename().string(), "lock");
  return found;
}

void remove_files(posix::Descriptor const& folder, std::vector<LeftBehind> const& files) {
  for (auto const& file : files) {
    posix::remove(folder, file.path.filename().string(), posix::Kind::file, file.path);
  }
}

void remove_input(posix::Descriptor const& staging, fs::path const& path) {
  auto const input = open_input(staging, path);
  auto const files = find_in_input(input, path);
  remove_files(input, files);
  bool const was_ours = !files.empty() && files.back().path.filename() == manifest_name;
  if (was_ours && posix::list(input, path).empty()) {
    posix::remove(staging, input_folder_name, posix::Kind::folder, path);
  }
}

}  // namespace

std::vector<LeftBehind> find_left_behind(fs::path const& staging_dir) {
  auto const staging = posix::open_folder(staging_dir);
  auto const input = staging_dir / input_folder_name;
  auto found = find_in_input(open_input(staging, input), input);
  for (auto& further : {find_outputs(staging_dir), find_beside(staging, staging_dir)}) {
    found.insert(found.end(), further.begin(), further.end());
  }
  return found;
}

void remove_left_behind(fs::path const& staging_dir) {
  // whatever is foreign shows before anything is gone
  [[maybe_unused]] auto const found = find_left_behind(staging_dir);
  auto const staging = posix::open_folder(staging_dir);
  remove_output(staging_dir);
  remove_input(staging, staging_dir / input_folder_name);
  remove_files(staging, find_beside(staging, staging_dir));
  posix::sync(staging, staging_dir);
}

void remove_replicas(fs::path const& staging_dir) {
  auto const staging = posix::open_folder(staging_dir);
  remove_input(staging, staging_dir / input_folder_name);
  posix::sync(staging, staging_dir);
}

}  // namespace lauebench
