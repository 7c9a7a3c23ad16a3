#include "staging/target_inspection.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/normal_path.hpp"
#include "staging/file_lock.hpp"
#include "staging/output_folders.hpp"
#include "staging/own_names.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_manifest.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// Folders, markers, lock, manifest and its temporary copy, and the results file.
constexpr std::uint64_t bookkeeping_files = 10;
constexpr std::uint64_t bytes_per_stat_block = 512;

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

/// How replicas stand in an existing `input` folder.
class InputFolder {
 public:
  InputFolder(fs::path const& source, FileState state, fs::path const& staging_dir)
      : source_(fs::canonical(source).string()), state_(state), path_(staging_dir / input_folder_name) {
    posix::Descriptor const staging = posix::open_folder(staging_dir);
    auto const status = posix::look_at(staging, input_folder_name, path_);
    if (!status) {
      return;
    }
    folder_ = posix::open_folder_at(staging, input_folder_name, path_);
    if (!posix::is_ours(*status)) {
      throw bad_input(fmt::format("cannot use folder '{}'", path_.string()), "it belongs to another user",
                      "choose another --staging-dir");
    }
    count_left_overs();
    manifest_ = read_manifest(folder_, path_);
    digest_ = manifest_.known_digest(source_, state_);
  }

  /// Also counts what it takes to bring it into order.
  ReplicaPresence look_at(std::string const& name, SpaceNeeds& needs) const {
    auto const status = folder_.valid() ? posix::look_at(folder_, name, path_ / name) : std::nullopt;
    if (!status) {
      needs.replica_bytes += state_.bytes;
      needs.files += 1;
      return ReplicaPresence::missing;
    }
    check_replica_place(*status, path_ / name);
    auto const known = manifest_.replicas.find(name);
    bool const is_recorded = known != manifest_.replicas.end() && !digest_.empty() &&
                             known->second.source.digest == digest_ && known->second.state == state_of(*status);
    if (is_recorded) {
      return ReplicaPresence::recorded;
    }
    auto const present = static_cast<std::uint64_t>(status->st_size);
    if (present != state_.bytes && !manifest_.names_replica(name, present)) {
      throw foreign_file(path_ / name);
    }
    needs.replica_bytes += state_.bytes > present ? state_.bytes - present : 0;
    bool const is_known_to_differ =
        known != manifest_.replicas.end() && !digest_.empty() && known->second.source.digest != digest_;
    if (present != state_.bytes || is_known_to_differ) {
      // both are there until the new one is whole
      needs.spare_bytes = std::max(needs.spare_bytes, std::min(present, state_.bytes));
    }
    return ReplicaPresence::unproven;
  }

  /// What half-made copies of killed launches hold; they are removed before anything is copied.
  [[nodiscard]] std::uint64_t left_over_bytes() const { return left_over_bytes_; }

 private:
  void count_left_overs() {
    for (auto const& name : posix::list(folder_, path_)) {
      auto const status = is_temporary_name(name) ? posix::look_at(folder_, name, path_ / name) : std::nullopt;
      if (status && S_ISREG(status->st_mode) && posix::is_ours(*status)) {
        left_over_bytes_ += static_cast<std::uint64_t>(status->st_blocks) * bytes_per_stat_block;
      }
    }
  }

  std::string source_;
  FileState state_;
  fs::path path_;
  posix::Descriptor folder_;
  ReplicaManifest manifest_;
  std::string digest_;
  std::uint64_t left_over_bytes_ = 0;
};

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

void plan_replicas(StagingRequest const& request, TargetInspection& inspection, FileState const& source) {
  auto const input = inspection.staging_dir / input_folder_name;
  bool const exists = inspection.existing_folder == inspection.staging_dir;
  std::optional<InputFolder> folder;
  if (exists) {
    folder.emplace(request.source, source, inspection.staging_dir);
    inspection.space.free_bytes += folder->left_over_bytes();
  }
  for (int i = 0; i < request.replicas; ++i) {
    auto const name = replica_name(request.source, i);
    if (folder) {
      inspection.replicas.push_back({input / name, folder->look_at(name, inspection.space)});
    } else {
      inspection.replicas.push_back({input / name, ReplicaPresence::missing});
      inspection.space.replica_bytes += source.bytes;
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

fs::path check_staging_place(fs::path const& staging_dir) {
  if (staging_dir == staging_dir.root_path()) {
    throw bad_input(cannot_stage(staging_dir), "it is the root of all files", "choose another --staging-dir");
  }
  refuse_folders_of_others(staging_dir);
  auto existing = nearest_existing(staging_dir);
  check_writable(existing, staging_dir);
  return existing;
}

TargetInspection inspect_target(StagingRequest const& request) {
  TargetInspection inspection;
  inspection.staging_dir = normal_path(request.staging_dir);
  inspection.existing_folder = check_staging_place(inspection.staging_dir);
  auto const source = look_at_source(request.source);
  check_apart(request.source, inspection.staging_dir);
  inspection.filesystem = read_filesystem_facts(inspection.existing_folder);
  inspection.source_bytes = source.bytes;
  plan_replicas(request, inspection, source);
  auto& space = inspection.space;
  // a file's last block is half empty on average; all of it is counted
  space.output_bytes = request.output_bytes + request.output_files * inspection.filesystem.block_bytes;
  space.files += request.output_files + static_cast<std::uint64_t>(request.replicas) + bookkeeping_files;
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
