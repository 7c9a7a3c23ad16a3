#include "io/part_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/error.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

namespace {

constexpr std::string_view check_permission = "check the name, and that you may write there";

/// Why what is there cannot be a part of ours; empty when it can.
std::string_view objection(struct stat const& there) {
  if (S_ISLNK(there.st_mode)) {
    return "it is a symbolic link";
  }
  if (!S_ISREG(there.st_mode)) {
    return S_ISDIR(there.st_mode) ? "it is a folder" : "it is not a regular file";
  }
  if (there.st_nlink > 1) {
    return "the file has another name as well (a hard link)";
  }
  return posix::is_ours(there) ? "" : "it belongs to another user";
}

void require_no_objection(struct stat const& there, std::filesystem::path const& part, std::string_view problem) {
  if (auto const why = objection(there); !why.empty()) {
    throw in_the_way(part, why, problem);
  }
}

enum class Lock : std::uint8_t { taken, held_by_another };

/// A filesystem that does not lock files gives the lock to everybody.
Lock try_lock(posix::Descriptor const& file, int kind) {
  int status = 0;
  do {
    status = ::flock(file.get(), kind | LOCK_NB);
  } while (status != 0 && errno == EINTR);
  return status != 0 && errno == EWOULDBLOCK ? Lock::held_by_another : Lock::taken;
}

bool has_name(posix::Descriptor const& file, std::filesystem::path const& name) {
  struct stat opened {};
  struct stat there {};
  return ::fstat(file.get(), &opened) == 0 && ::lstat(name.c_str(), &there) == 0 && opened.st_dev == there.st_dev &&
         opened.st_ino == there.st_ino;
}

}  // namespace

std::filesystem::path part_of(std::filesystem::path file) { return file += ".part"; }

Error in_the_way(std::filesystem::path const& there, std::string_view why, std::string_view problem) {
  return bad_input(fmt::format("{}: '{}' is in the way", problem, there.string()), why,
                   "move it away, or choose another output");
}

void require_own_part(std::filesystem::path const& part, std::string_view problem) {
  struct stat there {};
  if (::lstat(part.c_str(), &there) == 0) {
    require_no_objection(there, part, problem);
  } else if (errno != ENOENT) {
    throw posix::system_error(problem, errno, check_permission);
  }
}

bool is_own_part(std::filesystem::path const& part) {
  struct stat there {};
  return ::lstat(part.c_str(), &there) == 0 && objection(there).empty();
}

bool is_being_written(std::filesystem::path const& part) {
  // For writing, since NFS needs that for locks.
  posix::Descriptor const file(::open(part.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  return file.valid() && try_lock(file, LOCK_SH) == Lock::held_by_another;
}

Error being_written(std::filesystem::path const& output, std::filesystem::path const& part) {
  return bad_input(fmt::format("output '{}' is being written by another process", output.string()),
                   fmt::format("it holds '{}'", part.string()), "wait until it has ended, or choose another --output");
}

PartFile::PartFile(std::filesystem::path const& output, std::string_view problem) : part_(part_of(output)) {
  constexpr int attempts = 100;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    require_own_part(part_, problem);
    posix::Descriptor file(::open(part_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
    if (!file.valid()) {
      throw posix::system_error(problem, errno, check_permission);
    }
    if (try_lock(file, LOCK_EX) == Lock::held_by_another) {
      break;
    }
    // Its owner may have published or removed it since it was opened; then another file is to be locked.
    struct stat opened {};
    if (has_name(file, part_) && ::fstat(file.get(), &opened) == 0) {
      require_no_objection(opened, part_, problem);
      file_ = std::move(file);
      return;
    }
  }
  throw being_written(output, part_);
}

PartFile::~PartFile() {
  if (file_.valid() && has_name(file_, part_)) {
    ::unlink(part_.c_str());
  }
}

void PartFile::clear(std::string_view problem) {
  struct stat there {};
  // an empty one, too, would make ext4 (auto_da_alloc) start writing to the disk within close
  bool const is_empty = ::fstat(file_.get(), &there) == 0 && there.st_size == 0 && there.st_blocks == 0;
  if (!is_empty && ::ftruncate(file_.get(), 0) != 0) {
    throw io_error(problem, errno, check_permission);
  }
}

}  // namespace lauebench
