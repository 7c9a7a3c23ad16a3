#include "staging/tool_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster/monotonic_clock.hpp"
#include "cluster/patience.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 10U;

/// What a tool starts with: nothing to read, one pipe for all that it prints, signals as nobody has changed them, a
/// process group of its own.
class FreshStart {
 public:
  explicit FreshStart(int output) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, output, STDERR_FILENO);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  FreshStart(FreshStart const&) = delete;
  FreshStart& operator=(FreshStart const&) = delete;
  ~FreshStart() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&files_);
  }

  /// Returns 0 or an errno.
  int start(std::vector<std::string> const& command, pid_t& process) const {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string const& word : command) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    return ::posix_spawnp(&process, arguments[0], &files_, &attributes_, arguments.data(), ::environ);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

std::string words(int error_number) { return std::generic_category().message(error_number); }

enum class PipeEnd : std::uint8_t { ended, too_long, failed };

/// All that comes out of the pipe until its end.
PipeEnd read_until(posix::Descriptor const& pipe, double deadline_s, std::string& text) {
  std::array<char, 4096> piece{};
  while (true) {
    double const left_s = deadline_s - monotonic_s();
    pollfd waited{pipe.get(), POLLIN, 0};
    int const ready = left_s > 0.0 ? ::poll(&waited, 1, static_cast<int>(left_s * 1e3) + 1) : 0;
    if (ready == 0) {
      return PipeEnd::too_long;
    }
    ssize_t const got = ready > 0 ? ::read(pipe.get(), piece.data(), piece.size()) : -1;
    if (got == 0) {
      return PipeEnd::ended;
    }
    if (got < 0 && errno != EINTR) {
      return PipeEnd::failed;
    }
    if (got > 0) {
      text.append(piece.data(),
                  std::min(static_cast<std::size_t>(got), most_bytes - std::min(text.size(), most_bytes)));
    }
  }
}

/// Waits for the process, not for ever: one in a system call that hangs outlives SIGKILL. Why its end is no success.
std::string problem_of_end(pid_t process, double deadline_s) {
  int status = 0;
  pid_t found = 0;
  Patience patience(Waiting::idle);
  while ((found == 0 && monotonic_s() < deadline_s) || (found < 0 && errno == EINTR)) {
    found = ::waitpid(process, &status, WNOHANG);
    if (found == 0) {
      patience.wait();
    }
  }
  if (found <= 0) {
    return found < 0 ? fmt::format("waitpid: {}", words(errno)) : "it does not end";
  }
  if (WIFSIGNALED(status)) {
    return fmt::format("it was ended by signal {}", WTERMSIG(status));
  }
  return WEXITSTATUS(status) == 0 ? std::string() : fmt::format("it failed with status {}", WEXITSTATUS(status));
}

}  // namespace

ToolOutput ask_tool(std::vector<std::string> const& command, double most_s) {
  double const deadline_s = monotonic_s() + most_s;
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return {{}, fmt::format("pipe2: {}", words(errno))};
  }
  posix::Descriptor const output(ends[0]);
  posix::Descriptor input(ends[1]);
  pid_t process = 0;
  if (int const problem = FreshStart(input.get()).start(command, process); problem != 0) {
    return {{}, words(problem)};
  }
  input.close();
  ToolOutput answer;
  PipeEnd const reading = read_until(output, deadline_s, answer.text);
  if (reading != PipeEnd::ended) {
    ::kill(-process, SIGKILL);
  }
  constexpr double end_takes_s = 1.0;
  answer.problem = problem_of_end(process, monotonic_s() + end_takes_s);
  if (reading == PipeEnd::too_long) {
    answer.problem = fmt::format("it took longer than {:g} s", most_s);
  } else if (reading == PipeEnd::failed) {
    answer.problem = "what it printed could not be read";
  }
  return answer;
}

}  // namespace lauebench
