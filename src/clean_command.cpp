#include <chrono>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "bench/result_table.hpp"
#include "commands.hpp"
#include "config/normal_path.hpp"
#include "config/say.hpp"
#include "staging/file_lock.hpp"
#include "staging/left_behind.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// Throws Error when a launch is at work.
FileLock lock(fs::path const& staging_dir) {
  // one that is just ending is waited for
  constexpr std::chrono::seconds patience{1};
  std::string const guarded = fmt::format("staging folder {}", staging_dir.string());
  FileLock taken(staging_lock_file(staging_dir), guarded, patience);
  if (taken.state() == LockState::refused) {
    say(stderr, fmt::format("laue-bench: warning: {} is not locked ({}): see to it that no launch uses it meanwhile\n",
                            guarded, taken.refusal()));
  }
  return taken;
}

bool is_there(fs::path const& file) {
  std::error_code unreadable;
  return fs::exists(fs::symlink_status(file, unreadable));
}

std::string text_of(std::vector<LeftBehind> const& found) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(found.size());
  for (LeftBehind const& entry : found) {
    rows.push_back({entry.path.string(), fmt::format("{} bytes", entry.bytes), entry.what});
  }
  return aligned_text(rows);
}

std::uint64_t bytes_of(std::vector<LeftBehind> const& found) {
  return std::accumulate(found.begin(), found.end(), std::uint64_t{0},
                         [](std::uint64_t sum, LeftBehind const& entry) { return sum + entry.bytes; });
}

}  // namespace

int run_clean_command(CleanConfig const& config) {
  fs::path const staging_dir = real_path(config.staging_dir);
  std::optional<FileLock> held;
  if (is_there(staging_lock_file(staging_dir))) {
    held.emplace(lock(staging_dir));
  }
  std::vector<LeftBehind> found = find_left_behind(staging_dir);
  if (found.empty()) {
    answer(fmt::format("{} holds nothing that is known to be laue-bench's\n", staging_dir.string()));
    return 0;
  }
  if (config.removal == Removal::listed) {
    answer(fmt::format("{}{} bytes in all; nothing was removed: add --yes to remove them\n", text_of(found),
                       bytes_of(found)));
    return 0;
  }
  if (!held) {
    held.emplace(lock(staging_dir));
    found = find_left_behind(staging_dir);
  }
  remove_left_behind(staging_dir);
  answer(fmt::format("{}{} bytes in all were removed\n", text_of(found), bytes_of(found)));
  return 0;
}

}  // namespace lauebench
