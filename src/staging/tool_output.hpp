#pragma once

#include <string>
#include <vector>

namespace lauebench {

/// What a command-line tool of the site's answered.
struct ToolOutput {
  std::string text;     ///< all that it printed, its messages of errors included, 64 KiB of it at most
  std::string problem;  ///< why that is no answer: it could not be started, failed or took too long; empty: it is
};

/// Runs `command`, the tool (looked for in PATH) and its arguments, without a shell. It reads nothing and starts with
/// the signals of a fresh process; after `most_s` it is killed, with all that it started.
[[nodiscard]] ToolOutput ask_tool(std::vector<std::string> const& command, double most_s);

}  // namespace lauebench
