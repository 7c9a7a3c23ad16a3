#pragma once

#include <optional>
#include <string>

namespace lauebench {

/// How a command of the user's ended.
struct CommandEnd {
  std::optional<int> status;  ///< its exit status, or 128 + the signal that killed it; empty where it is not known
  std::string status_reason;  ///< why not
  double seconds = 0.0;
};

/// Runs `command` by /bin/sh -c and waits for it. It reads nothing, what it prints goes to stderr, its signals are
/// those of a fresh process. A signal that an Interruption catches meanwhile is passed on to it and to all that it
/// started, and so is SIGTERM after `most_s`, which may be infinite; what has not ended 5 s later is killed. The shell
/// is killed when the calling thread ends, however that ends.
[[nodiscard]] CommandEnd run_shell_command(std::string const& command, double most_s);

}  // namespace lauebench
