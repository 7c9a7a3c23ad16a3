#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/option_tables.hpp"

/// Command lines and help texts, before any value is looked at.
namespace lauebench {

enum class HelpLevel : std::uint8_t { none, everyday, all };

/// An option as it stands on the command line.
struct GivenOption {
  std::string_view name;                  ///< of the command's table
  std::string value;                      ///< empty for an option without value
  std::vector<std::string> further = {};  ///< values behind the first, of Occurrence::repeated
};

struct GivenOptions {
  HelpLevel help = HelpLevel::none;  ///< if asked for, `options` is not complete
  std::vector<GivenOption> options;  ///< in the order of the table
};

/// Splits the arguments after the subcommand's name. Throws Error (bad_input) for options that the command does not
/// have, those repeated that may not be, missing values and left-over arguments.
[[nodiscard]] GivenOptions split_command_line(CommandText const& command, std::span<char const* const> arguments);

/// The everyday options of a command, or all, by groups.
[[nodiscard]] std::string help_of(CommandText const& command, HelpLevel level);

/// The subcommands, then the help of `run`.
[[nodiscard]] std::string help_of_program(HelpLevel level);

/// The option `name` (no dashes in front) is not one of `command`: whose it is, or which one may be meant. `shown` is
/// the name as the user wrote it, `place` says where ("in grid.json"; empty for the command line).
[[nodiscard]] Error unknown_option(CommandText const& command, std::string_view name, std::string_view shown,
                                   std::string_view place);

}  // namespace lauebench
