#include "config/option_tables.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace lauebench {
namespace {

template <class Config>
std::vector<OptionText> texts_of(OptionTable<Config> const& table) {
  std::vector<OptionText> texts;
  for (auto const& option : table) {
    texts.push_back(option.text);
  }
  return texts;
}

std::vector<CommandText> make_commands() {
  CommandText run{"run", "measure reconstructions over a grid of ranks, threads and GPUs (the default)",
                  texts_of(run_options())};
  run.options.push_back(
      {.name = config_file_option,
       .placeholder = "FILE",
       .help = "JSON file with any of these options (underscores in names, arrays for lists); the command "
               "line wins",
       .group = "Input and output"});
  return {std::move(run),
          {"reconstruct", "turn one wire scan into depth images, without MPI", texts_of(reconstruct_options())},
          {"generate", "write a wire scan with known truth", texts_of(generate_options())},
          {"convert", "store depth images in another layout", texts_of(convert_options())},
          {"info", "show backends, GPUs and library versions", texts_of(info_options())},
          {"clean", "list what launches left in a staging folder, and remove it", texts_of(clean_options())}};
}

struct Replacement {
  std::string_view command;
  std::string_view option;
  std::string_view instead;
};

/// What to use instead of an option that only another subcommand has.
constexpr std::array replacements{
    Replacement{"run", "threads", "cpu-threads"},  Replacement{"run", "backend", "mode"},
    Replacement{"run", "output", "staging-dir"},   Replacement{"reconstruct", "cpu-threads", "threads"},
    Replacement{"reconstruct", "mode", "backend"}, Replacement{"reconstruct", "staging-dir", "output"},
};

bool has_option(CommandText const& command, std::string_view name) {
  return std::ranges::find(command.options, name, &OptionText::name) != command.options.end();
}

}  // namespace

std::string CommandText::invocation() const {
  return name.empty() ? std::string{program} : std::string{program}.append(" ").append(name);
}

std::span<CommandText const> all_commands() {
  static std::vector<CommandText> const commands = make_commands();
  return commands;
}

CommandText const* find_command(std::string_view name) {
  auto const commands = all_commands();
  auto const found = std::ranges::find(commands, name, &CommandText::name);
  return found == commands.end() ? nullptr : &*found;
}

std::optional<ForeignOption> find_foreign_option(CommandText const& command, std::string_view option) {
  auto const commands = all_commands();
  auto const owner = std::ranges::find_if(
      commands, [&](CommandText const& other) { return other.name != command.name && has_option(other, option); });
  if (owner == commands.end()) {
    return std::nullopt;
  }
  auto const replacement = std::ranges::find_if(
      replacements, [&](Replacement const& entry) { return entry.command == command.name && entry.option == option; });
  return ForeignOption{owner->name, replacement == replacements.end() ? std::string_view{} : replacement->instead};
}

}  // namespace lauebench
