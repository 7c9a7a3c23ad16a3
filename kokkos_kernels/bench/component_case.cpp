#include "kokkos_kernels/bench/component_case.hpp"

#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/error.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

std::filesystem::path main_program() { return program_beside("laue-bench"); }

/// A child without output; 0 or an errno.
int spawn(std::vector<std::string>& arguments, pid_t& child) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  int const problem = ::posix_spawn(&child, argv.front(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return problem;
}

}  // namespace

std::string without_main_program(Variant const& /*variant*/) {
  std::error_code ignored;
  return std::filesystem::exists(main_program(), ignored) ? std::string{}
                                                          : fmt::format("{} is not there", main_program().string());
}

double run_main_program(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), main_program().string());
  int status = 0;
  int problem = 0;
  double const seconds = seconds_of([&] {
    pid_t child = 0;
    problem = spawn(arguments, child);
    while (problem == 0 && ::waitpid(child, &status, 0) < 0) {
    }
  });
  if (problem != 0) {
    throw io_error(fmt::format("cannot start {}", arguments.front()), problem, "build it, or see its permissions");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error(ReturnCode::reconstruction_error, fmt::format("{} failed", fmt::join(arguments, " ")),
                fmt::format("wait status {}", status), "start it by hand to see why");
  }
  return seconds;
}

}  // namespace lauebench::kernel_bench
