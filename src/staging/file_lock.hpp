#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "staging/posix_file.hpp"

namespace lauebench {

/// Who holds a lock or made a folder.
struct ProcessIdentity {
  std::string host;
  int pid = 0;
  std::string job;      ///< "Slurm job 42", "PBS job 7.server"; empty outside jobs
  std::string started;  ///< UTC, "2025-08-12T15:01:02Z"
};

/// This process; `started` is now.
[[nodiscard]] ProcessIdentity this_process();

/// "process 123 on n1, Slurm job 42, since 2025-08-12T15:01:02Z"
[[nodiscard]] std::string describe(ProcessIdentity const& process);

enum class LockState : std::uint8_t {
  held,
  refused,  ///< the filesystem does not lock files: nothing keeps other launches out, which the caller has to say
};

/// Keeps other launches out of a staging folder, a results file or a trace, by flock(2) on a file beside it: the kernel
/// lets go of it when the process ends, however it ends. The file holds its owner's description and stays behind,
/// empty. Nobody but who holds the lock may remove it; who waited for it then locks a new file of the same name.
class FileLock {
 public:
  /// Waits for the lock up to `patience`. `guarded` is what it stands for, as a person knows it ("staging folder
  /// /scratch/x"). Throws Error: bad_input when another process holds it for longer (naming it), when the file may not
  /// be made or is not ours (no regular file, another user's, one with several names, or one that holds anything but an
  /// owner's description; it is left as it is); io_error when the system fails otherwise.
  FileLock(std::filesystem::path const& lock_file, std::string const& guarded,
           std::chrono::milliseconds patience = std::chrono::seconds(10));
  ~FileLock();
  FileLock(FileLock&&) noexcept = default;
  FileLock& operator=(FileLock&&) = delete;
  FileLock(FileLock const&) = delete;
  FileLock& operator=(FileLock const&) = delete;

  [[nodiscard]] LockState state() const { return state_; }

  /// Why the filesystem refused; empty when the lock is held.
  [[nodiscard]] std::string const& refusal() const { return refusal_; }

 private:
  posix::Descriptor file_;
  LockState state_ = LockState::held;
  std::string refusal_;
};

/// `<staging>/.laue-bench.lock`
[[nodiscard]] std::filesystem::path staging_lock_file(std::filesystem::path const& staging_dir);

/// `<file>.lock`, of a results file or a trace
[[nodiscard]] std::filesystem::path output_lock_file(std::filesystem::path const& file);

}  // namespace lauebench
