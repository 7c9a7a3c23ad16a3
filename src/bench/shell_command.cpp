#include "bench/shell_command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/interruption.hpp"
#include "cluster/monotonic_clock.hpp"
#include "cluster/patience.hpp"

namespace lauebench {
namespace {

constexpr double grace_s = 5.0;
constexpr int killed_by_signal = 128;  ///< as shells count
constexpr int not_started = 127;

/// Between this process and the child that becomes the shell: they share their memory until then.
struct ShellStart {
  pid_t parent;
  std::array<char const*, 4> arguments;
  int volatile problem;  ///< errno of the child; volatile, since it is written behind the compiler's back
};

/// As SIGCHLD and SIGPIPE would be ignored by what a process starts that ignores them.
void set_default_signals() {
  for (int const signal : Interruption::signals) {
    static_cast<void>(std::signal(signal, SIG_DFL));
  }
  for (int const signal : {SIGQUIT, SIGPIPE, SIGCHLD}) {
    static_cast<void>(std::signal(signal, SIG_DFL));
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Reads nothing; stdout is where the table goes.
bool set_streams() {
  int const nothing = ::open("/dev/null", O_RDONLY);
  return nothing >= 0 && (nothing == STDIN_FILENO || (::dup2(nothing, STDIN_FILENO) >= 0 && ::close(nothing) == 0)) &&
         ::dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
}

/// In the child of vfork: calls async-signal-safe functions alone.
[[noreturn]] void become_shell(ShellStart& start) {
  // it ends when this process is killed; who was killed before it was asked for is told by the child's parent
  bool const is_watched = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
  if (::getppid() != start.parent) {
    ::_exit(not_started);
  }
  // a group of its own, so that a signal reaches all that the command starts
  if (is_watched && ::setpgid(0, 0) == 0 && set_streams()) {
    set_default_signals();
    ::execve(start.arguments[0], const_cast<char* const*>(start.arguments.data()), ::environ);
  }
  start.problem = errno;
  ::_exit(not_started);
}

/// Returns 0 or an errno. No posix_spawn: it cannot ask for the signal; and no fork: it would copy the page tables of
/// what this process has in memory, and call what MPI has put before forks.
int start_shell(std::string const& command, pid_t& process) {
  ShellStart start{::getpid(), {"/bin/sh", "-c", command.c_str(), nullptr}, 0};
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // a handler must not run in the child, on memory of this process
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  process = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (process == 0) {
    become_shell(start);  // NOLINT(clang-analyzer-unix.Vfork): it ends in execve or _exit
  }
  int const problem = process < 0 ? errno : start.problem;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (process > 0 && problem != 0) {
    ::waitpid(process, nullptr, 0);
  }
  return problem;
}

/// Ends a process group: by the signal that this process has caught, or when its time is over, and by SIGKILL when that
/// has not helped.
class GroupEnder {
 public:
  GroupEnder(pid_t group, double deadline_s) : group_(group), deadline_s_(deadline_s) {}

  void look() {
    double const now_s = monotonic_s();
    int const caught = Interruption::caught();
    if (passed_ == 0 && (caught != 0 || now_s > deadline_s_)) {
      pass(caught != 0 ? caught : SIGTERM, now_s);
    } else if (passed_ != 0 && passed_ != SIGKILL && now_s - passed_s_ > grace_s) {
      pass(SIGKILL, now_s);
    }
  }

  /// Whether some of the group have been told to end and have time left for it.
  [[nodiscard]] bool is_under_way() const { return passed_ != 0 && passed_ != SIGKILL && ::kill(-group_, 0) == 0; }

 private:
  void pass(int signal, double now_s) {
    ::kill(-group_, signal);
    passed_ = signal;
    passed_s_ = now_s;
  }

  pid_t group_;
  double deadline_s_;
  int passed_ = 0;
  double passed_s_ = 0.0;
};

/// Returns what waitpid did.
pid_t wait_for(pid_t process, double deadline_s, int& wait_status) {
  Patience patience(Waiting::idle);
  GroupEnder group(process, deadline_s);
  pid_t found = 0;
  while (found == 0 || (found < 0 && errno == EINTR)) {
    found = ::waitpid(process, &wait_status, WNOHANG);
    if (found == 0) {
      group.look();
      patience.wait();
    }
  }
  // the shell has ended, what it had started may still be at it
  while (group.is_under_way()) {
    group.look();
    patience.wait();
  }
  return found;
}

CommandEnd not_known(char const* call, int error_number) {
  return {std::nullopt, fmt::format("{}: {}", call, std::generic_category().message(error_number)), 0.0};
}

}  // namespace

CommandEnd run_shell_command(std::string const& command, double most_s) {
  double const start_s = monotonic_s();
  pid_t process = 0;
  if (int const problem = start_shell(command, process); problem != 0) {
    return not_known("starting /bin/sh", problem);
  }
  int wait_status = 0;
  CommandEnd end;
  if (wait_for(process, start_s + most_s, wait_status) != process) {
    end = not_known("waitpid", errno);
  } else {
    end.status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : killed_by_signal + WTERMSIG(wait_status);
  }
  end.seconds = monotonic_s() - start_s;
  return end;
}

}  // namespace lauebench
