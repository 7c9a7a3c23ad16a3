#include "staging/output_folders.hpp"

#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "staging/delete_files.hpp"
#include "staging/file_lock.hpp"
#include "staging/own_names.hpp"
#include "staging/stripe_layout.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view marker_head = "laue-bench made this folder and may delete what it wrote in it\n";

[[noreturn]] void refuse(fs::path const& path, std::string_view why) {
  throw bad_input(fmt::format("foreign entry '{}' in the output folder", path.string()), why,
                  "move it away, or choose another --staging-dir");
}

/// What was found in an output folder; nothing in it is foreign.
struct FoundFolder {
  std::string name;
  std::vector<std::string> files;  ///< marker left out
  std::vector<FoundFolder> folders;
  bool has_marker = false;
};

/// Whether `folder` has a marker of ours, whose path is `path`.
bool is_marked(posix::Descriptor const& folder, fs::path const& path) {
  posix::Descriptor const file(::openat(folder.get(), marker_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  return file.valid() && posix::read_text(file, marker_head.size(), path) == marker_head;
}

/// Looks through folders, counts, and refuses what is foreign.
class Inspector {
 public:
  PreviousOutput counts;

  /// All runs' folders in `output`.
  std::vector<FoundFolder> find_runs(posix::Descriptor const& output, fs::path const& path) {
    std::vector<FoundFolder> runs;
    for (auto const& name : posix::list(output, path)) {
      auto const status = own(output, name, path / name);
      if (!status || (name == marker_name && S_ISREG(status->st_mode))) {
        continue;
      }
      if (!S_ISDIR(status->st_mode)) {
        refuse(path / name, "it is neither a run's folder nor a marker of ours");
      }
      std::uint64_t const bytes_before = counts.bytes;
      runs.push_back(find_run(output, name, path / name));
      counts.runs.push_back({name, counts.bytes - bytes_before});
    }
    return runs;
  }

 private:
  /// Nothing when it is gone meanwhile: whoever only looks does so while another launch may be at work.
  static std::optional<struct stat> own(posix::Descriptor const& folder, std::string const& name,
                                        fs::path const& path) {
    auto const status = posix::look_at(folder, name, path);
    if (status && S_ISLNK(status->st_mode)) {
      refuse(path, "it is a symbolic link");
    }
    if (status && !posix::is_ours(*status)) {
      refuse(path, "it belongs to another user");
    }
    return status;
  }

  FoundFolder find_run(posix::Descriptor const& output, std::string const& name, fs::path const& path) {
    bool const is_temporary = is_temporary_name(name);
    if (!is_temporary && !is_run_folder_name(name)) {
      refuse(path, "laue-bench makes no folder of this name");
    }
    FoundFolder run{name, {}, {}, false};
    auto const folder = posix::open_folder_at(output, name, path);
    for (auto const& entry : posix::list(folder, path)) {
      auto const status = own(folder, entry, path / entry);
      if (!status) {
        continue;
      }
      if (entry == marker_name && S_ISREG(status->st_mode)) {
        // a temporary folder's may be unfinished, and its name tells that it is ours
        run.has_marker = is_temporary || is_marked(folder, path / entry);
      } else if (is_rank_folder_name(entry) && S_ISDIR(status->st_mode)) {
        run.folders.push_back(find_rank(folder, entry, path / entry));
      } else {
        refuse(path / entry, "laue-bench writes nothing of this name there");
      }
    }
    if (!is_temporary && !run.has_marker) {
      refuse(path, "it has no marker of ours");
    }
    counts.files += 2;  // folder and marker
    return run;
  }

  FoundFolder find_rank(posix::Descriptor const& run, std::string const& name, fs::path const& path) {
    FoundFolder rank{name, {}, {}, false};
    auto const folder = posix::open_folder_at(run, name, path);
    for (auto const& entry : posix::list(folder, path)) {
      auto const status = own(folder, entry, path / entry);
      if (!status) {
        continue;
      }
      if (!is_output_file_name(entry) || !S_ISREG(status->st_mode)) {
        refuse(path / entry, "laue-bench writes nothing of this name there");
      }
      counts.bytes += posix::bytes_on_disk(*status);
      counts.files += 1;
      rank.files.push_back(entry);
    }
    counts.files += 1;
    return rank;
  }
};

void rename_in(posix::Descriptor const& folder, std::string const& from, std::string const& to, fs::path const& path) {
  // never onto something: renaming a folder would replace an empty one
  if (posix::look_at(folder, to, path / to)) {
    throw bad_input(fmt::format("cannot rename '{}' to '{}'", (path / from).string(), to), "it exists already",
                    "check who else uses the staging folder");
  }
  if (::renameat(folder.get(), from.c_str(), folder.get(), to.c_str()) != 0) {
    throw posix::system_error(fmt::format("cannot rename '{}' to '{}'", (path / from).string(), to), errno,
                              "check the staging folder's permissions");
  }
}

void delete_rank(posix::Descriptor const& run, FoundFolder const& rank, fs::path const& path) {
  auto const folder = posix::open_folder_at(run, rank.name, path);
  delete_files(folder, rank.files, path);
  posix::remove(run, rank.name, posix::Kind::folder, path);
}

void delete_run(posix::Descriptor const& output, FoundFolder const& run, fs::path const& output_path) {
  auto const path = output_path / run.name;
  auto const folder = posix::open_folder_at(output, run.name, path);
  for (auto const& rank : run.folders) {
    delete_rank(folder, rank, path / rank.name);
  }
  // under its own name it would, for a moment, be a folder without a marker
  std::string name = run.name;
  if (!is_temporary_name(name)) {
    name = temporary_name(run.name);
    rename_in(output, run.name, name, output_path);
  }
  if (run.has_marker) {
    posix::remove(folder, marker_name, posix::Kind::file, output_path / name / marker_name);
  }
  posix::remove(output, name, posix::Kind::folder, output_path / name);
}

void make_folder(posix::Descriptor const& parent, std::string const& name, fs::path const& path) {
  if (::mkdirat(parent.get(), name.c_str(), 0755) != 0) {
    throw posix::system_error(fmt::format("cannot make folder '{}'", path.string()), errno,
                              "check the staging folder's permissions and free space");
  }
}

std::string marker_text(std::string const& session_id) {
  return fmt::format("{}session {}\n{}\n", marker_head, session_id, describe(this_process()));
}

/// `output` is kept for ever, so its own marker tells people, not us, whose it is: what decides is that it is a real
/// folder of this user's.
posix::Descriptor open_own_output(posix::Descriptor const& staging, fs::path const& path) {
  return posix::open_own_folder_at(staging, output_folder_name, path);
}

void delete_runs(posix::Descriptor const& output, fs::path const& path) {
  Inspector inspector;
  auto const runs = inspector.find_runs(output, path);
  for (auto const& run : runs) {
    delete_run(output, run, path);
  }
  if (!runs.empty()) {
    posix::sync(output, path);
  }
}

}  // namespace

PreviousOutput find_previous_output(fs::path const& staging_dir) {
  auto const path = staging_dir / output_folder_name;
  auto const staging = posix::open_folder(staging_dir);
  Inspector inspector;
  if (posix::look_at(staging, output_folder_name, path)) {
    auto const output = open_own_output(staging, path);
    auto const runs = inspector.find_runs(output, path);
    inspector.counts.is_marked = is_marked(output, path / marker_name);
  }
  return std::move(inspector.counts);
}

void remove_output(fs::path const& staging_dir) {
  auto const path = staging_dir / output_folder_name;
  auto const staging = posix::open_folder(staging_dir);
  if (!posix::look_at(staging, output_folder_name, path)) {
    return;
  }
  auto const output = open_own_output(staging, path);
  delete_runs(output, path);
  if (is_marked(output, path / marker_name)) {
    posix::remove(output, marker_name, posix::Kind::file, path / marker_name);
    posix::remove(staging, output_folder_name, posix::Kind::folder, path);
  }
}

OutputFolders::OutputFolders(fs::path const& staging_dir, std::string session_id, std::string stripe)
    : path_(fs::absolute(staging_dir) / output_folder_name),
      session_id_(std::move(session_id)),
      stripe_(std::move(stripe)) {
  auto const staging = posix::open_folder(staging_dir);
  if (!posix::look_at(staging, output_folder_name, path_)) {
    make_folder(staging, output_folder_name, path_);
    posix::sync(staging, staging_dir);
  }
  folder_ = open_own_output(staging, path_);
  Inspector inspector;
  auto const runs = inspector.find_runs(folder_, path_);
  if (!posix::look_at(folder_, marker_name, path_ / marker_name)) {
    posix::create_file(folder_, marker_name, marker_text(session_id_), path_ / marker_name);
    posix::sync(folder_, path_);
  }
}

void OutputFolders::clear_previous() { delete_runs(folder_, path_); }

fs::path OutputFolders::create_run(std::string const& run_id, std::vector<int> const& indices) {
  auto const name = run_folder({}, run_id).filename().string();
  auto const temporary = temporary_name(name);
  auto const path = path_ / temporary;
  make_folder(folder_, temporary, path);
  auto const run = posix::open_folder_at(folder_, temporary, path);
  posix::create_file(run, marker_name, marker_text(session_id_), path / marker_name);
  if (!stripe_.empty()) {
    set_stripe_layout(path, stripe_, "--stripe-output");  // folders made in it get the same
  }
  for (int const i : indices) {
    auto const rank = rank_folder(path, i);
    make_folder(run, rank.filename().string(), rank);
  }
  posix::sync(run, path);
  rename_in(folder_, temporary, name, path_);
  posix::sync(folder_, path_);
  return path_ / name;
}

fs::path run_folder(fs::path const& staging_dir, std::string const& run_id) {
  return staging_dir / output_folder_name / ("run_" + run_id);
}

fs::path rank_folder(fs::path const& run_folder, int i) { return run_folder / fmt::format("proc_{}", i); }

}  // namespace lauebench
