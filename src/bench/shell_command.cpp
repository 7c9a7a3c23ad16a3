#include "bench/shell_command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/interruption.hpp"
#include "cluster/monotonic_clock.hpp"
#include "cluster/patience.hpp"

namespace lauebench {
namespace {

constexpr double grace_s = 5.0;
constexpr int killed_by_signal = 128;  ///< as shells count

/// Streams and signals of a process to be started.
class SpawnSettings {
 public:
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&streams_);
    ::posix_spawn_file_actions_addopen(&streams_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    // stdout is where the table goes
    ::posix_spawn_file_actions_adddup2(&streams_, STDERR_FILENO, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    for (int const signal : {SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGCHLD}) {
      sigaddset(&signals, signal);
    }
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    // a group of its own, so that a signal reaches all that the command starts
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&streams_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(SpawnSettings const&) = delete;
  SpawnSettings& operator=(SpawnSettings const&) = delete;

  /// Returns 0 or an errno.
  [[nodiscard]] int spawn_shell(std::string command, pid_t& process) const {
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::array<char*, 4> arguments{shell.data(), option.data(), command.data(), nullptr};
    return ::posix_spawn(&process, shell.c_str(), &streams_, &attributes_, arguments.data(), ::environ);
  }

 private:
  posix_spawn_file_actions_t streams_{};
  posix_spawnattr_t attributes_{};
};

/// Passes on the signal that this process has caught, once, and SIGKILL when that has not helped.
class SignalPasser {
 public:
  explicit SignalPasser(pid_t group) : group_(group) {}

  void look() {
    int const caught = Interruption::caught();
    if (caught != 0 && passed_ == 0) {
      pass(caught);
    } else if (passed_ != 0 && passed_ != SIGKILL && monotonic_s() - passed_s_ > grace_s) {
      pass(SIGKILL);
    }
  }

 private:
  void pass(int signal) {
    ::kill(-group_, signal);
    passed_ = signal;
    passed_s_ = monotonic_s();
  }

  pid_t group_;
  int passed_ = 0;
  double passed_s_ = 0.0;
};

/// Returns what waitpid did.
pid_t wait_for(pid_t process, int& wait_status) {
  Patience patience(Waiting::idle);
  SignalPasser signals(process);
  for (;;) {
    pid_t const found = ::waitpid(process, &wait_status, WNOHANG);
    if (found == process || (found < 0 && errno != EINTR)) {
      return found;
    }
    signals.look();
    patience.wait();
  }
}

CommandEnd not_known(char const* call, int error_number) {
  return {std::nullopt, fmt::format("{}: {}", call, std::generic_category().message(error_number)), 0.0};
}

}  // namespace

CommandEnd run_shell_command(std::string const& command) {
  double const start_s = monotonic_s();
  pid_t process = 0;
  if (int const problem = SpawnSettings().spawn_shell(command, process); problem != 0) {
    return not_known("posix_spawn", problem);
  }
  int wait_status = 0;
  CommandEnd end;
  if (wait_for(process, wait_status) != process) {
    end = not_known("waitpid", errno);
  } else {
    end.status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : killed_by_signal + WTERMSIG(wait_status);
  }
  end.seconds = monotonic_s() - start_s;
  return end;
}

}  // namespace lauebench
