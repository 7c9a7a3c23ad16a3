#include "config/command_line.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "config/nearest_name.hpp"

namespace lauebench {
namespace {

constexpr std::size_t help_column = 38;
constexpr std::size_t help_width = 100;

/// `text` broken at spaces so that it fits right of the column of names.
std::string wrapped(std::string_view text) {
  constexpr std::size_t width = help_width - help_column;
  std::string lines;
  std::size_t used = 0;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find(' '), text.size());
    std::string_view const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used > 0) {
      bool const fits = used + 1 + word.size() <= width;
      lines.push_back(fits ? ' ' : '\n');
      used = fits ? used + 1 : 0;
    }
    lines.append(word);
    used += word.size();
  }
  return lines;
}

std::string description_of(OptionText const& option) {
  std::string text{option.help};
  if (option.presence == Presence::required) {
    text.append(" (required)");
  } else if (!option.shown_default.empty()) {
    text.append(fmt::format(" [{}]", option.shown_default));
  }
  return wrapped(text);
}

CLI::Option* add_switch(CLI::App& app, std::string const& name, std::string const& description) {
  return app
      .add_flag_function(
          name, [](std::int64_t) {}, description)
      ->disable_flag_override();
}

void add_option(CLI::App& app, OptionText const& option, HelpLevel level) {
  std::string const name = fmt::format("--{}", option.name);
  CLI::Option* added = nullptr;
  if (option.takes() == Takes::nothing) {
    added = add_switch(app, name, description_of(option));
  } else {
    added = app.add_option(
        name, [](CLI::results_t const&) { return true; }, description_of(option));
    added->option_text(std::string{option.placeholder});
  }
  bool const hidden = level == HelpLevel::everyday && option.audience == Audience::advanced;
  added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(hidden ? std::string{} : std::string{option.group});
}

/// An application object of the command-line library for one command. `level` hides what its help leaves out.
void fill_app(CLI::App& app, CommandText const& command, HelpLevel level) {
  app.set_help_flag();
  app.allow_extras(true);
  app.get_formatter()->column_width(help_column);
  for (auto const& option : command.options) {
    add_option(app, option, level);
  }
  add_switch(app, "--help", "show the everyday options")->group("Help");
  add_switch(app, "--help-all", "show all options")->group("Help");
}

OptionText const* option_named(CommandText const& command, std::string_view argument) {
  if (!argument.starts_with("--")) {
    return nullptr;
  }
  auto const found = std::ranges::find(command.options, argument.substr(2), &OptionText::name);
  return found == command.options.end() ? nullptr : &*found;
}

std::string see_help(CommandText const& command) { return fmt::format("see {} --help-all", command.invocation()); }

Error missing_value(OptionText const& option, std::string_view why) {
  return bad_input(fmt::format("--{} has no value", option.name), why,
                   fmt::format("write --{} {}", option.name, option.placeholder));
}

OptionText const* option_before_equals(CommandText const& command, std::string_view argument) {
  return option_named(command, argument.substr(0, argument.find('=')));
}

/// The library would take some values of switches for yes or no.
void require_switches_without_values(CommandText const& command, std::vector<std::string> const& arguments) {
  for (auto const& argument : arguments) {
    auto const* const option = option_before_equals(command, argument);
    if (option != nullptr && option->takes() == Takes::nothing && argument.find('=') != std::string::npos) {
      throw bad_input(in_quotes(argument), fmt::format("--{} takes no value", option->name),
                      fmt::format("write --{} or leave it out", option->name));
    }
  }
}

/// What the library calls a mismatch: an option without its value at the end, for instance.
Error mismatch(CommandText const& command, std::vector<std::string> const& arguments, char const* message) {
  if (auto const* const last = arguments.empty() ? nullptr : option_before_equals(command, arguments.back());
      last != nullptr && last->takes() == Takes::value) {
    return missing_value(*last, "the command line ends after it");
  }
  return bad_input("the command line cannot be read", in_quotes(message), see_help(command));
}

void parse(CLI::App& app, CommandText const& command, std::vector<std::string> const& arguments) {
  require_switches_without_values(command, arguments);
  std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
  try {
    app.parse(std::move(reversed));
  } catch (CLI::ParseError const& error) {
    throw mismatch(command, arguments, error.what());
  }
}

/// The option as given. Throws when it is repeated and may not be, or when another option stands where a value should
/// be.
GivenOption given(OptionText const& option, CLI::Option const& parsed) {
  if (parsed.count() > 1 && option.occurrence == Occurrence::once) {
    throw bad_input(fmt::format("--{} is given {} times", option.name, parsed.count()), "it may be given once",
                    option.placeholder.ends_with(",...") ? "separate several values by commas" : "keep one of them");
  }
  if (option.takes() == Takes::nothing) {
    return {option.name, {}};
  }
  std::vector<std::string> const& values = parsed.results();
  for (std::string const& value : values) {
    if (value.starts_with("--")) {
      throw missing_value(option, fmt::format("{} follows it", in_quotes(value)));
    }
  }
  return {option.name, values.front(), {values.begin() + 1, values.end()}};
}

Error left_over(CommandText const& command, std::string const& argument) {
  if (argument.starts_with("-")) {
    auto const end = std::min(argument.find('='), argument.size());
    std::string const shown = argument.substr(0, end);
    return unknown_option(command, std::string_view{shown}.substr(std::min(shown.find_first_not_of('-'), shown.size())),
                          shown, {});
  }
  if (!command.name.empty() && find_command(argument) != nullptr) {
    return bad_input(in_quotes(argument), "a subcommand stands before all options",
                     fmt::format("write laue-bench {} and then the options", argument));
  }
  return bad_input(fmt::format("left-over argument {}", in_quotes(argument)), "it belongs to no option",
                   "give every value after its option, and put values with spaces in quotes");
}

/// The first of what belongs to no option that can be a value.
std::optional<std::string> take_value(std::vector<std::string>& remaining) {
  auto const found = std::ranges::find_if(remaining, [](std::string const& text) { return !text.starts_with("-"); });
  if (found == remaining.end()) {
    return std::nullopt;
  }
  std::string value = std::move(*found);
  remaining.erase(found);
  return value;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
  }
}

HelpLevel help_level(CLI::App const& app) {
  if (app.get_option("--help-all")->count() > 0) {
    return HelpLevel::all;
  }
  return app.get_option("--help")->count() > 0 ? HelpLevel::everyday : HelpLevel::none;
}

}  // namespace

Error unknown_option(CommandText const& command, std::string_view name, std::string_view shown,
                     std::string_view place) {
  // In a file names are written with underscores and no dashes in front.
  bool const in_file = !place.empty();
  auto const spelt = [in_file](std::string_view option) {
    return in_file ? json_name(option) : fmt::format("--{}", option);
  };
  std::string const where = in_file ? fmt::format("{} {}", in_quotes(shown), place) : in_quotes(shown);
  bool const own = std::ranges::find(command.options, name, &OptionText::name) != command.options.end();
  if (auto const foreign = own ? std::nullopt : find_foreign_option(command, name)) {
    auto const advice = foreign->replacement.empty() ? fmt::format("leave it out, or {}", see_help(command))
                                                     : fmt::format("use {} instead", spelt(foreign->replacement));
    return bad_input(fmt::format("{} is no option of {}", where, command.name.empty() ? command.program : command.name),
                     fmt::format("it belongs to laue-bench {}", foreign->owner), advice);
  }
  std::vector<std::string> spelt_names;
  for (auto const& option : command.options) {
    if (!in_file || option.name != config_file_option) {
      spelt_names.push_back(in_file ? json_name(option.name) : std::string{option.name});
    }
  }
  std::vector<std::string_view> const names{spelt_names.begin(), spelt_names.end()};
  return bad_input(fmt::format("unknown {} {}", in_file ? "key" : "option", where),
                   fmt::format("{} has none of this name", command.invocation()),
                   suggest_name(name, names, in_file ? "" : "--", see_help(command)));
}

GivenOptions split_command_line(CommandText const& command, std::span<char const* const> arguments) {
  std::vector<std::string> texts;
  for (char const* const argument : arguments) {
    std::string_view const text{argument};
    texts.emplace_back(text == "-h" ? "--help" : text);
  }
  CLI::App app;
  fill_app(app, command, HelpLevel::all);
  parse(app, command, texts);
  GivenOptions result;
  result.help = help_level(app);
  if (result.help != HelpLevel::none) {
    return result;
  }
  std::vector<std::string> remaining = app.remaining();
  for (auto const& option : command.options) {
    auto const* const parsed = app.get_option(fmt::format("--{}", option.name));
    if (parsed->count() > 0) {
      result.options.push_back(given(option, *parsed));
    } else if (auto const value = option.naming == Naming::optional ? take_value(remaining) : std::nullopt) {
      result.options.push_back({option.name, *value});
    }
  }
  for (auto const& rest : remaining) {
    // "--" ends the options, and there is nothing but options.
    if (rest != "--") {
      throw left_over(command, rest);
    }
  }
  return result;
}

std::string help_of(CommandText const& command, HelpLevel level) {
  CLI::App app{fmt::format("{}: {}", command.invocation(), command.summary)};
  fill_app(app, command, level);
  std::string text = app.help(command.invocation(), CLI::AppFormatMode::Normal);
  // The library separates groups by two empty lines and the name from what follows by two spaces.
  replace_all(text, "\n\n\n", "\n\n");
  std::string values;
  for (auto const& option : command.options) {
    values.append(option.naming == Naming::optional ? fmt::format(" {}", option.placeholder) : std::string{});
  }
  replace_all(text, "  [OPTIONS]", values.append(" [OPTIONS]"));
  return text;
}

std::string help_of_program(HelpLevel level) {
  std::string text =
      "laue-bench: benchmark of depth-resolved Laue reconstruction over storage, nodes, cores and GPUs\n"
      "Usage: laue-bench [SUBCOMMAND] [OPTIONS]\n\nSubcommands:\n";
  for (auto const& command : all_commands()) {
    text.append(fmt::format("  {:<{}}{}\n", command.name, help_column - 2, command.summary));
  }
  text.append("\nlaue-bench SUBCOMMAND --help shows the options of each, laue-bench --version the version.\n\n");
  return text + help_of(all_commands().front(), level);
}

}  // namespace lauebench
