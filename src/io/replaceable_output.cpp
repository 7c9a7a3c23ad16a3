#include "io/replaceable_output.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <sys/stat.h>

#include "io/depth_files.hpp"
#include "io/file_descriptor.hpp"
#include "io/part_file.hpp"

namespace lauebench {

namespace {

namespace fs = std::filesystem;

/// Behind the name's colon there are two blanks at least, since other names are longer.
void require_summary(fs::path const& file, std::string_view problem) {
  if (is_file_not_link(file) && !is_empty_or_begins_with(file, fmt::format("{}:  ", first_summary_parameter))) {
    throw in_the_way(file, "it is not a summary of a reconstruction", problem);
  }
}

}  // namespace

bool is_file_not_link(fs::path const& file) {
  struct stat there {};
  return ::lstat(file.c_str(), &there) == 0 && S_ISREG(there.st_mode);
}

void require_replaceable(fs::path const& file, std::string_view problem) {
  struct stat there {};
  if (::lstat(file.c_str(), &there) != 0) {
    if (errno != ENOENT) {
      throw posix::system_error(problem, errno, "choose another output");
    }
    return;
  }
  if (!S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode)) {
    throw in_the_way(file, S_ISDIR(there.st_mode) ? "it is a folder" : "it is not a regular file", problem);
  }
}

bool may_be_left_over(fs::path const& part) { return is_empty_or_begins_with(part, hdf5_signature); }

void require_left_over_part(fs::path const& part, std::string_view problem) {
  require_own_part(part, problem);
  if (is_file_not_link(part) && !may_be_left_over(part)) {
    throw in_the_way(part, not_left_behind, problem);
  }
}

void require_summary_names(fs::path const& base, std::string_view problem) {
  fs::path const summary = base.string() + "summary.txt";
  require_replaceable(summary, problem);
  require_summary(summary, problem);
  require_own_part(part_of(summary), problem);
  require_summary(part_of(summary), problem);
}

}  // namespace lauebench
