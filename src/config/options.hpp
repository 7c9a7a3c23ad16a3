#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/config.hpp"

namespace lauebench {

/// What `--help`, `--help-all` and `--version` print instead of a command.
struct TextToPrint {
  std::string text;
};

using ParsedCommandLine = std::variant<Command, TextToPrint>;

/// Parses the arguments after the program's name: `[run|reconstruct|generate|info|clean] options`; without a
/// subcommand, `run`. Later ones win: defaults, the file given to --config, `environment_log_level`
/// ($LAUEBENCH_LOG_LEVEL, null where unset), the command line. `version` is what --version prints after the program's
/// name. Throws Error (bad_input) with one line for whatever is unknown (naming the nearest known name), malformed or
/// out of range.
[[nodiscard]] ParsedCommandLine parse_command_line(std::span<char const* const> arguments,
                                                   char const* environment_log_level, std::string_view version);

}  // namespace lauebench
