#include "staging/target_inspection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <numeric>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/normal_path.hpp"
#include "staging/file_lock.hpp"
#include "staging/input_folder.hpp"
#include "staging/output_folders.hpp"
#include "staging/own_names.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_manifest.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// Folders, markers, lock, manifest and its temporary copy, and the results file.
constexpr std::uint64_t bookkeeping_files = 10;

std::string cannot_stage(fs::path const& staging_dir) {
  return fmt::format("cannot stage to '{}'", staging_dir.string());
}

/// `folder`, or the nearest one above it that exists.
fs::path nearest_existing(fs::path const& folder) {
  for (fs::path candidate = folder;; candidate = candidate.parent_path()) {
    std::error_code problem;
    auto const status = fs::status(candidate, problem);
    if (fs::is_directory(status)) {
      return candidate;
    }
    if (fs::exists(status)) {
      throw bad_input(cannot_stage(folder), fmt::format("'{}' is not a folder", candidate.string()),
                      "choose another --staging-dir");
    }
    std::error_code ignored;
    if (fs::is_symlink(fs::symlink_status(candidate, ignored))) {
      throw bad_input(cannot_stage(folder), fmt::format("symbolic link '{}' leads nowhere", candidate.string()),
                      "repair it, or choose another --staging-dir");
    }
    bool const is_above = problem == std::errc::no_such_file_or_directory || problem == std::errc::not_a_directory;
    if (problem && !is_above) {
      throw posix::system_error(cannot_stage(folder), problem.value(), "choose another --staging-dir");
    }
  }
}

void check_writable(fs::path const& existing, fs::path const& staging_dir) {
  auto const filesystem = read_filesystem_facts(existing);
  // on proc, sysfs and their like everything seems writable to root
  if (filesystem.total_bytes == 0) {
    auto const why = fmt::format("'{}' lies on a filesystem of type {}, which stores no files: its size is 0 bytes",
                                 existing.string(), filesystem.type);
    throw bad_input(cannot_stage(staging_dir), why, "choose another --staging-dir");
  }
  // root may write everywhere but to a filesystem that is mounted read-only; for anybody else permissions count too
  if (::faccessat(AT_FDCWD, existing.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    throw posix::system_error(
        fmt::format("{}: no permission to write to '{}'", cannot_stage(staging_dir), existing.string()), errno,
        "choose another --staging-dir");
  }
}

bool is_there(fs::path const& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable);
}

/// Where another launch writes and clears. `folder` is absolute.
void refuse_folders_of_others(fs::path const& staging_dir) {
  for (fs::path folder = staging_dir; folder.has_relative_path(); folder = folder.parent_path()) {
    bool const is_named = folder.filename() == input_folder_name || folder.filename() == output_folder_name;
    bool const is_marked = is_there(staging_lock_file(folder.parent_path())) || is_there(folder / marker_name) ||
                           is_there(folder / manifest_name);
    if (is_named && is_marked) {
      throw bad_input(cannot_stage(staging_dir),
                      fmt::format("'{}' belongs to the staging folder above it", folder.string()),
                      "choose another --staging-dir");
    }
  }
}

bool is_same_folder(fs::path const& one, fs::path const& other) {
  std::error_code missing;
  return fs::equivalent(one, other, missing) && !missing;
}

/// The source must not lie where replicas are written or outputs are cleared.
void check_apart(fs::path const& source, fs::path const& staging_dir) {
  auto const canonical = fs::canonical(source);
  if (is_same_folder(canonical.parent_path(), staging_dir)) {
    throw bad_input(cannot_stage(staging_dir), fmt::format("it is the folder of the input '{}'", source.string()),
                    "choose another --staging-dir");
  }
  for (auto const* const name : {input_folder_name, output_folder_name}) {
    for (fs::path folder = canonical.parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
      if (is_same_folder(folder, staging_dir / name)) {
        throw bad_input(cannot_stage(staging_dir),
                        fmt::format("the input '{}' lies in its {} folder", source.string(), name),
                        "choose another --staging-dir, or move the input");
      }
    }
  }
}

FileState look_at_source(fs::path const& source) {
  posix::Descriptor const file(::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  auto const problem = fmt::format("cannot stage scan '{}'", source.string());
  if (!file.valid()) {
    throw posix::system_error(problem, errno, "check the path and that you may read it");
  }
  auto const status = posix::look_at(file, source);
  if (!S_ISREG(status.st_mode)) {
    throw bad_input(problem, "it is not a regular file", "give a file");
  }
  return state_of(status);
}

/// Path and state of each scan; nothing is read of them.
std::vector<SourceRecord> look_at_sources(StagingRequest const& request) {
  std::vector<SourceRecord> sources;
  for (auto const& source : request.sources) {
    FileState const state = look_at_source(source);
    sources.push_back({fs::canonical(source).string(), state, 0, {}});
  }
  return sources;
}

void plan_replicas(StagingRequest const& request, TargetInspection& inspection, std::vector<SourceRecord> sources) {
  auto const input = inspection.staging_dir / input_folder_name;
  bool const exists = inspection.existing_folder == inspection.staging_dir;
  std::optional<InputFolder> folder;
  if (exists) {
    folder.emplace(inspection.staging_dir);
    inspection.space.free_bytes += folder->left_over_bytes();
    for (SourceRecord& source : sources) {
      source.digest = folder->known_digest(source);
    }
  }
  for (int const i : request.replicas) {
    auto const scan = scan_of_replica(i, sources.size());
    auto const name = replica_name(request.sources[scan], i);
    if (folder) {
      inspection.replicas.push_back({input / name, folder->look_at(name, sources[scan], inspection.space)});
    } else {
      inspection.replicas.push_back({input / name, ReplicaPresence::missing});
      inspection.space.replica_bytes += sources[scan].state.bytes;
      inspection.space.files += 1;
    }
  }
}

void add_free_space(TargetInspection& inspection) {
  auto& space = inspection.space;
  space.free_bytes += inspection.filesystem.free_bytes;
  space.free_files = inspection.filesystem.free_files;
  if (inspection.existing_folder != inspection.staging_dir) {
    return;
  }
  auto const previous = find_previous_output(inspection.staging_dir);
  space.free_bytes += previous.bytes;
  if (space.free_files) {
    *space.free_files += previous.files;
  }
}

}  // namespace

std::vector<int> first_numbers(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

fs::path check_staging_place(fs::path const& staging_dir) {
  if (staging_dir == staging_dir.root_path()) {
    throw bad_input(cannot_stage(staging_dir), "it is the root of all files", "choose another --staging-dir");
  }
  refuse_folders_of_others(staging_dir);
  auto existing = nearest_existing(staging_dir);
  check_writable(existing, staging_dir);
  return existing;
}

void check_staging_places(std::vector<fs::path> const& staging_dirs) {
  for (auto place = staging_dirs.begin(); place != staging_dirs.end(); ++place) {
    check_staging_place(*place);
    bool const is_repeated = std::any_of(staging_dirs.begin(), place, [&place](fs::path const& earlier) {
      return earlier == *place || is_same_folder(earlier, *place);
    });
    if (is_repeated) {
      throw bad_input(cannot_stage(*place), "it is given twice", "name each --staging-dir once");
    }
  }
}

TargetInspection inspect_target(StagingRequest const& request) {
  TargetInspection inspection;
  inspection.staging_dir = normal_path(request.staging_dir);
  inspection.existing_folder = check_staging_place(inspection.staging_dir);
  auto sources = look_at_sources(request);
  for (std::size_t scan = 0; scan < sources.size(); ++scan) {
    check_apart(request.sources[scan], inspection.staging_dir);
    inspection.source_bytes.push_back(sources[scan].state.bytes);
  }
  inspection.filesystem = read_filesystem_facts(inspection.existing_folder);
  plan_replicas(request, inspection, std::move(sources));
  auto& space = inspection.space;
  // a file's last block is half empty on average; all of it is counted
  space.output_bytes = request.output_bytes + request.output_files * inspection.filesystem.block_bytes;
  space.files += request.output_files + request.replicas.size() + bookkeeping_files;
  add_free_space(inspection);
  return inspection;
}

void check_replica_place(struct stat const& status, fs::path const& path) {
  auto const problem = fmt::format("'{}' stands where a replica belongs", path.string());
  if (!S_ISREG(status.st_mode)) {
    throw bad_input(problem, S_ISLNK(status.st_mode) ? "it is a symbolic link" : "it is not a regular file",
                    "move it away, or choose another --staging-dir");
  }
  if (!posix::is_ours(status)) {
    throw bad_input(problem, "it belongs to another user", "choose another --staging-dir");
  }
}

Error foreign_file(fs::path const& path) {
  return bad_input(fmt::format("'{}' stands where a replica belongs", path.string()),
                   "no launch has recorded it, and it is no copy of the scan",
                   "move it away, or choose another --staging-dir");
}

void check_space(SpaceNeeds const& needs, fs::path const& staging_dir) {
  auto const too_small = [&staging_dir](std::string const& why) {
    return bad_input(fmt::format("staging folder '{}' is too small", staging_dir.string()), why,
                     "make room, choose another --staging-dir, or fewer ranks or depths");
  };
  if (needs.needed_bytes() > needs.free_bytes) {
    throw too_small(fmt::format("{} bytes needed: {} for replicas, {} to replace them, {} for output; {} bytes free",
                                needs.needed_bytes(), needs.replica_bytes, needs.spare_bytes, needs.output_bytes,
                                needs.free_bytes));
  }
  if (needs.free_files && needs.files > *needs.free_files) {
    throw too_small(fmt::format("{} files needed; {} inodes free", needs.files, *needs.free_files));
  }
}

void make_staging_folder(fs::path const& staging_dir) {
  std::error_code problem;
  fs::create_directories(staging_dir, problem);
  if (problem) {
    throw posix::system_error(cannot_stage(staging_dir), problem.value(), "choose another --staging-dir");
  }
  check_writable(staging_dir, staging_dir);
}

}  // namespace lauebench
