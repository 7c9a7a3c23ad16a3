#include "bench/output_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/normal_path.hpp"
#include "io/file_descriptor.hpp"
#include "staging/file_lock.hpp"
#include "staging/own_names.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// `path` is `folder` or below it; both without symbolic links.
bool is_within(fs::path const& path, fs::path const& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// A file's own lock is nothing else that the launch uses.
void check_its_lock(OutputFile const& output, RunConfig const& config) {
  fs::path const lock = output_lock_file(real_path(output.path));
  for (fs::path const& target : config.staging_dirs) {
    if (real_path(lock) == real_path(staging_lock_file(target))) {
      throw refused(output, fmt::format("its lock would be that of staging folder {}", target.string()));
    }
  }
  for (auto const& [file, what] : input_files(config)) {
    if (is_same_file(lock, file)) {
      throw refused(output, fmt::format("{} {} has the name of its lock", what, file.string()));
    }
  }
}

/// Also where NFS has only given it another name, until it is closed.
bool was_removed(posix::Descriptor const& held, nlink_t names) {
  std::error_code ignored;
  auto const name = fs::read_symlink(fmt::format("/proc/self/fd/{}", held.get()), ignored).filename();
  return names == 0 || name.string().starts_with(".nfs");
}

}  // namespace

std::vector<InputFile> input_files(RunConfig const& config) {
  std::vector<InputFile> files;
  files.reserve(config.h5.size() + 1);
  for (fs::path const& scan : config.h5) {
    files.push_back({scan, "the scan"});
  }
  files.push_back({config.geometry, "the geometry file"});
  return files;
}

std::string cannot_write(OutputFile const& file) {
  return fmt::format("cannot write {} {}", file.what, file.path.string());
}

std::string choose_another(OutputFile const& file) { return fmt::format("choose another file with {}", file.option); }

Error refused(OutputFile const& file, std::string_view why) {
  return bad_input(cannot_write(file), why, choose_another(file));
}

void check_can_be_written(OutputFile const& file) {
  fs::path const folder = folder_of(file.path);
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw bad_input(cannot_write(file), fmt::format("folder {} does not exist", folder.string()),
                    "create it or " + choose_another(file));
  }
  if (::stat(file.path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) {
      throw refused(file, "it is not a regular file");
    }
    if (::access(file.path.c_str(), R_OK | W_OK) != 0) {
      throw refused(file, "no permission to read and write it");
    }
  } else if (::lstat(file.path.c_str(), &status) == 0) {
    throw refused(file, "it is a symbolic link that leads nowhere");
  } else if (errno != ENOENT) {
    throw refused(file, std::generic_category().message(errno));
  } else if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw refused(file, fmt::format("no permission to create files in {}", folder.string()));
  }
}

void check_apart_from_launch(OutputFile const& file, RunConfig const& config) {
  for (auto const& [input, what] : input_files(config)) {
    if (is_same_file(file.path, input)) {
      throw refused(file, fmt::format("it is {} {}", what, input.string()));
    }
  }
  fs::path const real = real_path(file.path);
  std::string const lock_suffix = output_lock_file({}).string();
  for (fs::path const& name : {real.filename(), file.path.filename()}) {
    if (name.string().ends_with(lock_suffix)) {
      throw refused(file, fmt::format("names that end in {} are those of locks", lock_suffix));
    }
  }
  for (fs::path const& target : config.staging_dirs) {
    for (auto const* const name : {input_folder_name, output_folder_name}) {
      if (is_within(real, real_path(target / name))) {
        throw refused(file, fmt::format("it lies in {}, which belongs to the launch", (target / name).string()));
      }
    }
  }
  check_its_lock(file, config);
}

bool is_in_new_staging_folder(OutputFile const& file, RunConfig const& config) {
  fs::path const folder = real_path(file.path).parent_path();
  std::error_code unreadable;
  return std::ranges::find(config.staging_dirs, folder) != config.staging_dirs.end() && !fs::exists(folder, unreadable);
}

Fate fate_of(posix::Descriptor const& held, OutputFile const& file, off_t size) {
  struct stat status {};
  struct stat there {};
  if (::fstat(held.get(), &status) != 0) {
    throw io_error(cannot_write(file), errno, choose_another(file));
  }
  if (::stat(file.path.c_str(), &there) != 0) {
    return was_removed(held, status.st_nlink) ? Fate::removed : Fate::moved_or_replaced;
  }
  if (there.st_dev != status.st_dev || there.st_ino != status.st_ino) {
    return Fate::moved_or_replaced;
  }
  return status.st_size < size ? Fate::cut : Fate::in_place;
}

Error met_with(Fate fate, OutputFile const& file, std::string_view what_to_do) {
  constexpr std::array<std::string_view, 4> words{"in place", "removed", "moved or replaced", "cut"};
  return {ReturnCode::io_error, cannot_write(file),
          fmt::format("it was {} during the launch", words[static_cast<std::size_t>(fate)]), what_to_do};
}

bool is_same_file(fs::path const& one, fs::path const& other) {
  std::error_code missing;
  return fs::equivalent(one, other, missing);
}

}  // namespace lauebench
