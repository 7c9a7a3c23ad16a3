#include "staging/file_lock.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string_view>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "cluster/launch_environment.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds between_attempts{50};
/// Nobody removes a lock as often as that; a filesystem that numbers files anew at each look would go on for ever.
constexpr int most_attempts = 100;
constexpr std::size_t longest_owner = 400;
constexpr std::size_t longest_lock_text = 4096;

bool is_refusal(int error_number) {
  return error_number == ENOLCK || error_number == EOPNOTSUPP || error_number == ENOSYS;
}

std::string job_of_this_process() {
  if (auto const job = environment_variable("SLURM_JOB_ID")) {
    return "Slurm job " + *job;
  }
  if (auto const job = environment_variable("PBS_JOBID")) {
    return "PBS job " + *job;
  }
  return {};
}

Error not_ours(fs::path const& lock_file, std::string_view why) {
  return bad_input(fmt::format("'{}' cannot serve as a lock file", lock_file.string()), why,
                   "move it away, or choose another --staging-dir, --results or --trace");
}

/// Whatever else has the name of a lock file is neither locked nor written to.
void require_lock_file(struct stat const& status, fs::path const& lock_file) {
  if (!S_ISREG(status.st_mode)) {
    throw not_ours(lock_file, "it is not a regular file");
  }
  if (!posix::is_ours(status)) {
    throw not_ours(lock_file, "it belongs to another user");
  }
  if (status.st_nlink > 1) {
    throw not_ours(lock_file, "it has another name, too");
  }
}

posix::Descriptor open_lock_file(fs::path const& lock_file) {
  posix::Descriptor file(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644));
  if (!file.valid()) {
    int const error_number = errno;
    throw posix::system_error(
        fmt::format("cannot open lock file '{}'", lock_file.string()), error_number,
        error_number == ELOOP ? "remove the symbolic link" : "choose a folder that you may write to");
  }
  require_lock_file(posix::look_at(file, lock_file), lock_file);
  return file;
}

/// What write_owner() wrote and a killed launch left: one line that describe() made.
bool is_owner_text(std::string_view text) {
  constexpr std::string_view head = "process ";
  return text.starts_with(head) && text.find_first_not_of("0123456789", head.size()) > head.size() &&
         text.find(" on ") != std::string_view::npos && text.find("since ") != std::string_view::npos &&
         text.ends_with("Z\n") && text.find('\n') == text.size() - 1;
}

/// To be called while the lock is held, as its owner's text is whole then.
void require_own_content(posix::Descriptor const& file, fs::path const& lock_file) {
  auto const text = posix::read_text(file, longest_lock_text, lock_file);
  if (!text.empty() && !is_owner_text(text)) {
    throw not_ours(lock_file, "it holds something else than the name of a launch");
  }
}

/// What the present owner wrote. The text may be another user's: only what prints is passed on.
std::string owner_of(posix::Descriptor const& file, fs::path const& lock_file) {
  ::lseek(file.get(), 0, SEEK_SET);
  auto text = posix::read_text(file, longest_owner, lock_file);
  text.resize(std::min(text.find('\n'), text.size()));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text.empty() ? "a process that has not given its name" : text;
}

/// 0 when the lock is ours, EWOULDBLOCK when patience ended, or what the filesystem said.
int wait_for_lock(posix::Descriptor const& file, std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      return 0;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return errno;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return EWOULDBLOCK;
    }
    std::this_thread::sleep_for(between_attempts);
  }
}

/// False when whoever held the lock before has removed the file: the next one to come would lock another.
bool is_still(fs::path const& lock_file, posix::Descriptor const& file) {
  struct stat there {};
  auto const ours = posix::look_at(file, lock_file);
  return ::lstat(lock_file.c_str(), &there) == 0 && there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
}

/// So that others can be told who holds it; a disk that is too full for that changes nothing about the lock.
void write_owner(posix::Descriptor const& file) {
  auto const text = describe(this_process()) + '\n';
  if (::ftruncate(file.get(), 0) == 0) {
    ::lseek(file.get(), 0, SEEK_SET);
    if (posix::write_all(file, std::as_bytes(std::span(text))) != 0) {
      // half a text would not be known as ours again
      [[maybe_unused]] int const status = ::ftruncate(file.get(), 0);
    }
  }
}

std::filesystem::path with_suffix(std::filesystem::path path, char const* suffix) {
  path += suffix;
  return path;
}

}  // namespace

ProcessIdentity this_process() {
  return {host_name(), ::getpid(), job_of_this_process(),
          fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))};
}

std::string describe(ProcessIdentity const& process) {
  return fmt::format("process {} on {}, {}{}since {}", process.pid, process.host, process.job,
                     process.job.empty() ? "" : ", ", process.started);
}

FileLock::FileLock(std::filesystem::path const& lock_file, std::string const& guarded,
                   std::chrono::milliseconds patience)
    : file_(open_lock_file(lock_file)) {
  auto const deadline = std::chrono::steady_clock::now() + patience;
  int status = wait_for_lock(file_, deadline);
  for (int attempt = 1; status == 0 && attempt < most_attempts && !is_still(lock_file, file_); ++attempt) {
    file_ = open_lock_file(lock_file);
    status = wait_for_lock(file_, deadline);
  }
  if (status == EWOULDBLOCK) {
    throw bad_input(fmt::format("{} is in use", guarded), owner_of(file_, lock_file),
                    "wait until it has ended, or use another one");
  }
  if (is_refusal(status)) {
    state_ = LockState::refused;
    refusal_ = std::generic_category().message(status);
    return;
  }
  if (status != 0) {
    throw io_error(fmt::format("cannot lock '{}'", lock_file.string()), status, "check the filesystem that holds it");
  }
  require_own_content(file_, lock_file);
  write_owner(file_);
}

FileLock::~FileLock() {
  if (file_.valid() && state_ == LockState::held) {
    // while it is still ours; the lock goes with the descriptor
    [[maybe_unused]] int const status = ::ftruncate(file_.get(), 0);
  }
}

std::filesystem::path staging_lock_file(std::filesystem::path const& staging_dir) {
  return staging_dir / ".laue-bench.lock";
}

std::filesystem::path output_lock_file(std::filesystem::path const& file) { return with_suffix(file, ".lock"); }

}  // namespace lauebench
