#include "config/options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/command_line.hpp"
#include "config/config_json.hpp"
#include "config/nearest_name.hpp"
#include "config/option_tables.hpp"
#include "config/shared_options.hpp"
#include "config/validation.hpp"

namespace lauebench {
namespace {

using Arguments = std::span<char const* const>;

/// An empty variable counts as unset. A bad value is an error, also where the command line wins.
std::optional<Verbosity> log_level(char const* text) {
  if (text == nullptr || std::string_view{text}.empty()) {
    return std::nullopt;
  }
  return verbosity_value.from_text(text, {"LAUEBENCH_LOG_LEVEL", {}});
}

void merge_file(RunConfig& config, std::string const& file) {
  merge_json_file(config, PathText{}.from_text(file, {fmt::format("--{}", config_file_option), {}}));
}

template <class Config>
void merge_file(Config& /*config*/, std::string const& /*file*/) {}

/// A file that exists is appended to, and the configuration begins as a record does.
void refuse_results_in(RunConfig const& config, std::string const& file) {
  std::filesystem::path const results = config.results.empty() ? default_results(config) : config.results;
  std::error_code missing;
  if (std::filesystem::equivalent(results, file, missing)) {
    throw bad_input(fmt::format("cannot write results file {}", results.string()), "it is the configuration file",
                    "choose another file with --results");
  }
}

template <class Config>
void refuse_results_in(Config const& /*config*/, std::string const& /*file*/) {}

/// All values as the array of strings that a file would have.
Json array_of_values(GivenOption const& given) {
  Json values = Json::array({given.value});
  for (auto const& value : given.further) {
    values.push_back(value);
  }
  return values;
}

template <class Config>
void merge_options(Config& config, OptionTable<Config> const& table, std::vector<GivenOption> const& options) {
  for (auto const& given : options) {
    if (auto const* const option = find_option(table, given.name)) {
      ValueSource const source{fmt::format("--{}", given.name), {}};
      if (given.further.empty()) {
        option->set_from_text(config, given.value, source);
      } else {
        option->set_from_json(config, array_of_values(given), source);
      }
    }
  }
}

bool is_given(std::vector<GivenOption> const& options, std::string_view name) {
  return std::ranges::find(options, name, &GivenOption::name) != options.end();
}

/// A command line by which nobody looks at depth images needs no digest that a file names.
void leave_out_unused(RunConfig& config, std::vector<GivenOption> const& options) {
  if (config.verify == Verification::none && is_given(options, "verify") && !is_given(options, "golden-digest")) {
    config.golden_digest.clear();
  }
}

template <class Config>
void leave_out_unused(Config& /*config*/, std::vector<GivenOption> const& /*options*/) {}

template <class Config>
ParsedCommandLine parse_command(CommandText const& command, OptionTable<Config> const& table, Arguments arguments,
                                char const* environment_log_level) {
  auto const given = split_command_line(command, arguments);
  if (given.help != HelpLevel::none) {
    return TextToPrint{help_of(command, given.help)};
  }
  Config config;
  for (auto const& option : given.options) {
    if (option.name == config_file_option) {
      merge_file(config, option.value);
    }
  }
  if constexpr (requires { config.verbose; }) {
    config.verbose = log_level(environment_log_level).value_or(config.verbose);
  }
  merge_options(config, table, given.options);
  leave_out_unused(config, given.options);
  validate(config);
  if constexpr (requires { complete(config); }) {
    complete(config);
  }
  for (auto const& option : given.options) {
    if (option.name == config_file_option) {
      refuse_results_in(config, option.value);
    }
  }
  return Command{std::move(config)};
}

ParsedCommandLine parse_named(std::string_view name, Arguments arguments, char const* environment_log_level) {
  CommandText const* const command = find_command(name);
  if (command == nullptr) {
    std::vector<std::string_view> names;
    for (auto const& known : all_commands()) {
      names.push_back(known.name);
    }
    throw bad_input(fmt::format("unknown subcommand {}", in_quotes(name)),
                    fmt::format("there are {}", fmt::join(names, ", ")),
                    suggest_name(name, names, "", "see laue-bench --help"));
  }
  if (name == "reconstruct") {
    return parse_command(*command, reconstruct_options(), arguments, environment_log_level);
  }
  if (name == "generate") {
    return parse_command(*command, generate_options(), arguments, environment_log_level);
  }
  if (name == "info") {
    return parse_command(*command, info_options(), arguments, environment_log_level);
  }
  if (name == "convert") {
    return parse_command(*command, convert_options(), arguments, environment_log_level);
  }
  if (name == "clean") {
    return parse_command(*command, clean_options(), arguments, environment_log_level);
  }
  return parse_command(*command, run_options(), arguments, environment_log_level);
}

}  // namespace

ParsedCommandLine parse_command_line(std::span<char const* const> arguments, char const* environment_log_level,
                                     std::string_view version) {
  std::string_view const first = arguments.empty() ? std::string_view{} : arguments.front();
  if (first == "--version") {
    return TextToPrint{fmt::format("laue-bench {}\n", version)};
  }
  if (first == "--help" || first == "-h") {
    return TextToPrint{help_of_program(HelpLevel::everyday)};
  }
  if (first == "--help-all") {
    return TextToPrint{help_of_program(HelpLevel::all)};
  }
  bool const named = !arguments.empty() && !first.starts_with("-");
  return named ? parse_named(first, arguments.subspan(1), environment_log_level)
               : parse_named("run", arguments, environment_log_level);
}

}  // namespace lauebench
