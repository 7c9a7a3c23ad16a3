#include "io/depth_claim.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "config/error.hpp"
#include "io/depth_image.hpp"
#include "io/file_descriptor.hpp"
#include "io/replaceable_output.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view digits = "0123456789";
constexpr std::string_view final_ending = ".h5";
constexpr std::string_view part_ending = ".h5.part";

/// m of "<base><m><ending>"; empty for every other name.
std::optional<int> index_of(std::string_view name, std::string_view base, std::string_view ending) {
  if (!name.starts_with(base) || !name.ends_with(ending) || name.size() <= base.size() + ending.size()) {
    return std::nullopt;
  }
  auto const number = name.substr(base.size(), name.size() - base.size() - ending.size());
  int m = 0;
  auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), m);
  bool const is_index = error == std::errc{} && end == number.data() + number.size() && m >= 0 &&
                        (number == "0" || !number.starts_with('0'));
  return is_index ? std::optional(m) : std::nullopt;
}

/// A depth image of an earlier reconstruction is replaced, but nothing that somebody else has given its name.
void require_depth_image(fs::path const& file, std::string_view problem) {
  if (is_file_not_link(file) && !is_depth_image(file)) {
    throw in_the_way(file, "it is not a depth image", problem);
  }
}

/// Part 0 is made before all others and goes after them: without it, none of them is of a run that was killed. Whoever
/// downloads a scan gives it such a name, too.
DepthClaim::Before found_before(fs::path const& base) {
  return is_file_not_link(part_of(depth_file_path(base, 0))) ? DepthClaim::Before::a_killed_run
                                                             : DepthClaim::Before::nothing;
}

/// Throws unless all files can be written; returns the first.
fs::path check_names(fs::path const& base, int count, std::string_view problem) {
  for (int m = 0; m < count; ++m) {
    auto const file = depth_file_path(base, m);
    require_replaceable(file, problem);
    require_depth_image(file, problem);
    require_left_over_part(part_of(file), problem);
  }
  require_summary_names(base, problem);
  return depth_file_path(base, 0);
}

void warn_of_older_files(fs::path const& base, int count, std::vector<int> const& indices) {
  if (indices.empty()) {
    return;
  }
  auto const [first, last] = std::ranges::minmax(indices);
  auto const names = first == last
                         ? fmt::format("'{}' is", depth_file_path(base, first).string())
                         : fmt::format("{} files from '{}' to '{}' are", indices.size(),
                                       depth_file_path(base, first).string(), depth_file_path(base, last).string());
  spdlog::warn("{} not of this reconstruction (which has {} depth images) and will stay", names, count);
}

}  // namespace

/// What else lies in the folder under this base.
struct DepthClaim::Neighbours {
  std::vector<fs::path> left_over_parts;
  std::vector<int> older_files;  ///< indices from `count_` on
};

fs::path depth_file_path(fs::path const& base, int m) { return fmt::format("{}{}.h5", base.string(), m); }

fs::path depth_stack_path(fs::path const& base) { return base.string() + ".h5"; }

int last_depth_file(fs::path const& base) {
  int last = -1;
  std::string const prefix = base.filename().string();
  std::error_code error;
  for (fs::directory_iterator entry(folder_of(base), error), end; !error && entry != end; entry.increment(error)) {
    last = std::max(last, index_of(entry->path().filename().string(), prefix, final_ending).value_or(-1));
  }
  return last;
}

bool belongs_to_running(fs::path const& file, fs::path const& own_lock) {
  auto const stem = file.filename().string();
  auto const last_letter = stem.find_last_not_of(digits);
  for (auto at = last_letter == std::string::npos ? 0 : last_letter + 1; at < stem.size(); ++at) {
    auto const lock = part_of(depth_file_path(folder_of(file) / stem.substr(0, at), 0));
    if (lock.filename() != own_lock.filename() && is_being_written(lock)) {
      return true;
    }
  }
  return false;
}

DepthClaim::DepthClaim(fs::path base, int count)
    : base_(std::move(base)),
      count_(count),
      problem_(fmt::format("cannot write depth files '{}'", depth_file_path(base_, 0).string())),
      before_(found_before(base_)),
      first_part_(check_names(base_, count_, problem_), problem_) {
  // the other layout has other parts, but the same summary
  if (auto const stack = part_of(depth_stack_path(base_)); is_being_written(stack)) {
    throw being_written(depth_stack_path(base_), stack);
  }
  Neighbours const found = neighbours();
  std::error_code error;
  for (auto const& part : found.left_over_parts) {
    if (!fs::remove(part, error) && error) {
      throw posix::system_error(fmt::format("cannot remove '{}'", part.string()), error.value(),
                                "remove it, or choose another output");
    }
  }
  if (!found.left_over_parts.empty()) {
    spdlog::info("removed {} unfinished depth files that a killed reconstruction left as '{}*.h5.part'",
                 found.left_over_parts.size(), base_.string());
  }
  first_part_.clear(problem_);
  warn_of_older_files(base_, count_, found.older_files);
}

DepthClaim::Neighbours DepthClaim::neighbours() const {
  Neighbours found;
  std::string const prefix = base_.filename().string();
  std::error_code error;
  for (fs::directory_iterator entry(folder_of(base_), error), end; !error && entry != end; entry.increment(error)) {
    std::string const name = entry->path().filename().string();
    if (auto const m = index_of(name, prefix, final_ending); m && *m >= count_) {
      found.older_files.push_back(*m);
    }
    auto const part = index_of(name, prefix, part_ending);
    if (!part || entry->path().filename() == first_part_.path().filename()) {
      continue;
    }
    bool const is_in_use =
        is_being_written(entry->path()) ||  // by `laue-bench generate` for instance
        belongs_to_running(folder_of(base_) / name.substr(0, name.size() - part_ending.size()), first_part_.path());
    if (is_in_use && *part < count_) {
      throw being_written(depth_file_path(base_, *part), entry->path());
    }
    if (before_ == Before::nothing && *part < count_) {
      throw in_the_way(entry->path(), "no reconstruction was killed here that could have left it", problem_);
    }
    bool const is_left_over = before_ == Before::a_killed_run && !is_in_use && is_own_part(entry->path());
    if (is_left_over && may_be_left_over(entry->path())) {
      found.left_over_parts.push_back(entry->path());
    }
  }
  if (error) {
    throw posix::system_error(fmt::format("cannot list '{}'", folder_of(base_).string()), error.value(),
                              "check that you may read it");
  }
  return found;
}

}  // namespace lauebench
