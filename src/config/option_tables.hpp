#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/option_table.hpp"

/// The options of each subcommand.
namespace lauebench {

[[nodiscard]] OptionTable<RunConfig> const& run_options();
[[nodiscard]] OptionTable<ReconstructConfig> const& reconstruct_options();
[[nodiscard]] OptionTable<GenerateConfig> const& generate_options();
[[nodiscard]] OptionTable<InfoConfig> const& info_options();
[[nodiscard]] OptionTable<CleanConfig> const& clean_options();
[[nodiscard]] OptionTable<ConvertConfig> const& convert_options();

/// A subcommand as a person sees it, or a program without subcommands: that has no name of a command.
struct CommandText {
  std::string_view name;
  std::string_view summary;
  std::vector<OptionText> options;
  std::string_view program = "laue-bench";

  /// What a person types: "laue-bench run".
  [[nodiscard]] std::string invocation() const;
};

/// --config FILE, which `run` takes on the command line only.
inline constexpr std::string_view config_file_option = "config";

/// All subcommands, in the order of the help text; `run` first.
[[nodiscard]] std::span<CommandText const> all_commands();

/// Null when there is no such subcommand.
[[nodiscard]] CommandText const* find_command(std::string_view name);

/// Why an option of another subcommand is not one of `command`, and what to do: that of another name here which does
/// the job, else a look at the help. Empty when no subcommand has it.
struct ForeignOption {
  std::string_view owner;        ///< the subcommand that has the option
  std::string_view replacement;  ///< option of `command`; empty when it has none like it
};
[[nodiscard]] std::optional<ForeignOption> find_foreign_option(CommandText const& command, std::string_view option);

}  // namespace lauebench
