#include "bench/results_writer.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/error.hpp"
#include "config/normal_path.hpp"

namespace lauebench {
namespace {

constexpr mode_t results_permissions = 0644;

std::string cannot_write(std::filesystem::path const& path) { return cannot_write(results_file(path)); }

void sync_folder(std::filesystem::path const& folder) {
  posix::Descriptor const descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.valid()) {
    // without effect on the file's own syncs: a folder that may be searched but not read, or cannot be synced, is no
    // error
    ::fsync(descriptor.get());
  }
}

LastLine look_at_last_line(posix::Descriptor const& file, std::filesystem::path const& path) {
  off_t const size = ::lseek(file.get(), 0, SEEK_END);
  char last = '\n';
  if (size < 0 || (size > 0 && ::pread(file.get(), &last, 1, size - 1) != 1)) {
    throw io_error(cannot_write(path), errno, "choose another file with --results");
  }
  return last == '\n' ? LastLine::whole : LastLine::torn;
}

/// 0 when all of `text` was appended, else the errno with which writing ended; `written` counts the bytes that got
/// there.
int append_all(posix::Descriptor const& file, std::string_view text, std::size_t& written) {
  written = 0;
  while (written < text.size()) {
    ssize_t const count = ::write(file.get(), text.data() + written, text.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (count == 0 || errno != EINTR) {
      return count == 0 ? ENOSPC : errno;
    }
  }
  return 0;
}

/// A file of another kind would be spoilt by lines behind it.
void check_begins_a_record(std::filesystem::path const& path) {
  posix::Descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 65536> beginning{};
  ssize_t const got = ::pread(file.get(), beginning.data(), beginning.size(), 0);
  if (got < 0) {
    throw io_error(cannot_write(path), errno, "choose another file with --results");
  }
  std::string_view const text(beginning.data(), static_cast<std::size_t>(got));
  std::string_view const line = text.substr(0, text.find('\n'));
  bool const is_torn = line.size() == text.size();  // by a kill, or longer than what was read
  if (!text.empty() && (text.front() != '{' || (!is_torn && line.find("\"type\"") == std::string_view::npos))) {
    throw bad_input(cannot_write(path), "the file that is there holds something else than records",
                    "choose another file with --results");
  }
}

}  // namespace

OutputFile results_file(std::filesystem::path const& path) { return {path, "results file", "--results"}; }

void check_results_path(std::filesystem::path const& path) {
  check_can_be_written(results_file(path));
  if (std::filesystem::exists(path)) {
    check_begins_a_record(path);
  }
}

ResultsWriter::ResultsWriter(std::filesystem::path path) : path_(std::move(path)) {
  check_results_path(path_);
  real_path_ = real_path(path_);
  bool const is_new = ::access(path_.c_str(), F_OK) != 0;
  file_ = posix::Descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, results_permissions));
  if (!file_.valid()) {
    throw io_error(cannot_write(path_), errno, "choose another file with --results");
  }
  if (is_new) {
    sync_folder(folder_of(path_));
  }
  last_line_ = look_at_last_line(file_, path_);
  size_ = ::lseek(file_.get(), 0, SEEK_END);
  newline_is_due_ = last_line_ == LastLine::torn;
}

/// What was appended to a file that is no longer at its path would be lost without a word.
void ResultsWriter::require_in_place() {
  OutputFile const results = results_file(path_);
  switch (Fate const fate = fate_of(file_, results, size_)) {
    case Fate::in_place:
      return;
    case Fate::removed:
      restore();
      return;
    case Fate::moved_or_replaced:
      throw met_with(fate, results, "start again; the lines so far are in the file that was moved, if it still exists");
    case Fate::cut:
      throw met_with(fate, results, "start again; what was cut off is lost");
  }
}

/// The descriptor still reaches the lines.
void ResultsWriter::restore() {
  auto const problem = cannot_write(path_) + ", which was removed during the launch";
  std::vector<std::byte> lines(static_cast<std::size_t>(size_));
  read_all(file_, 0, lines, problem);
  // a symbolic link to it is still there, and leads nowhere
  posix::Descriptor file(
      ::open(real_path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, results_permissions));
  if (int const error_number = file.valid() ? posix::write_all(file, lines) : errno; error_number != 0) {
    if (file.valid()) {
      ::unlink(real_path_.c_str());
    }
    throw io_error(problem, error_number, "make room or choose another file with --results");
  }
  sync_folder(folder_of(real_path_));
  file_ = std::move(file);
  spdlog::warn("results file {} was removed during the launch; it is there again with all its lines", path_.string());
}

/// Whoever else writes to the file may leave a line without its end, which ours must not become part of.
std::string ResultsWriter::begin_of_line(off_t size) const {
  bool const is_torn = size == size_ ? newline_is_due_ : look_at_last_line(file_, path_) == LastLine::torn;
  return is_torn ? "\n" : "";
}

void ResultsWriter::append(std::string_view record) {
  require_in_place();
  off_t const size_before = ::lseek(file_.get(), 0, SEEK_END);
  std::string line = begin_of_line(size_before);
  line.append(record).push_back('\n');

  std::size_t written = 0;
  // one write(2) in the ordinary case; where it comes up short, the next one says why
  int problem = append_all(file_, line, written);
  if (problem == 0 && ::fsync(file_.get()) != 0) {
    problem = errno;  // network filesystems tell of a full disk only here
  }
  if (problem != 0) {
    if (written > 0 && ::ftruncate(file_.get(), size_before) != 0) {
      throw io_error(fmt::format("{}, and its last line is torn", cannot_write(path_)), problem,
                     "remove the torn line, make room and start again");
    }
    throw io_error(cannot_write(path_), problem,
                   "make room or choose another file with --results; the lines that are in it are whole");
  }
  newline_is_due_ = false;
  size_ = size_before + static_cast<off_t>(line.size());
}

}  // namespace lauebench
