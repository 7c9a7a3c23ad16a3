#include "kokkos_kernels/bench/program_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/command_line.hpp"
#include "config/shared_options.hpp"

namespace lauebench::kernel_bench {
namespace {

constexpr std::string_view choice_group = "What runs";

using Table = OptionTable<ProgramConfig>;

void append_choice(Table& table) {
  table.push_back(make_option<ProgramConfig>({.name = "list",
                                              .placeholder = "",
                                              .help = "show the benchmarks with their settings and what cannot run "
                                                      "here, and run nothing",
                                              .group = choice_group},
                                             Switch<Task>{Task::run, Task::list},
                                             [](auto& c) -> auto& { return c.task; }));
  table.push_back(make_option<ProgramConfig>(
      {.name = "filter",
       .placeholder = "REGEX",
       .help = "only those of whose names it matches a part, such as kernel_both_edges/openmp-x86-64-v3/double/"
               "256x256x201x101",
       .group = choice_group},
      FreeText{}, [](auto& c) -> auto& { return c.filter; }));
  table.push_back(make_option<ProgramConfig>(
      {.name = "backends", .placeholder = "host,openmp,cuda", .help = "only on these", .group = choice_group},
      WordList<Place>{}, [](auto& c) -> auto& { return c.backends; }));
  table.push_back(make_option<ProgramConfig>(
      {.name = "precisions", .placeholder = "double,single", .help = "only in these", .group = choice_group},
      WordList<Precision>{}, [](auto& c) -> auto& { return c.precisions; }));
}

void append_repetition(Table& table) {
  table.push_back(make_option<ProgramConfig>({.name = "iterations",
                                              .placeholder = "N",
                                              .help = "timed executions, instead of each benchmark's own number",
                                              .group = choice_group},
                                             MaybeAbsent<WholeNumber<int>>{iterations_value},
                                             [](auto& c) -> auto& { return c.iterations; }));
  table.push_back(make_option<ProgramConfig>({.name = "warmup",
                                              .placeholder = "N",
                                              .help = "executions before them, instead of each benchmark's own number",
                                              .group = choice_group},
                                             MaybeAbsent<WholeNumber<int>>{warmup_value},
                                             [](auto& c) -> auto& { return c.warmup; }));
  constexpr std::uint64_t most = (std::uint64_t{1} << 53U) - 1U;  // every JSON reader keeps its digits
  table.push_back(make_option<ProgramConfig>(
      {.name = "seed", .placeholder = "N", .help = "of the generated scans", .group = choice_group},
      WholeNumber<std::uint64_t>{.maximum = most}, [](auto& c) -> auto& { return c.seed; }));
  table.push_back(make_option<ProgramConfig>(
      {.name = "settings",
       .placeholder = "FILE",
       .help = "JSON file that overrides settings by benchmark, {\"<id>\": {\"sizes\": [[64, 64, 101, 101]]}}; --list "
               "--json shows all of them, and the command line wins",
       .group = choice_group},
      PathText{}, [](auto& c) -> auto& { return c.settings; }));
}

Table const& program_table() {
  static Table const table = [] {
    Table options;
    append_choice(options);
    append_repetition(options);
    options.push_back(make_option<ProgramConfig>(
        {.name = "output",
         .placeholder = "FOLDER",
         .help = "folder for benchmarks.json (Google Benchmark's own, replaced) and results.jsonl (appended to)",
         .group = output_group},
        PathText{}, [](auto& c) -> auto& { return c.output; }));
    options.push_back(make_option<ProgramConfig>(
        {.name = "json",
         .placeholder = "",
         .help = "print JSON instead of tables: the list, or the records of results.jsonl",
         .group = output_group},
        Switch<Format>{Format::text, Format::json}, [](auto& c) -> auto& { return c.format; }));
    return options;
  }();
  return table;
}

CommandText program_text() {
  CommandText text{{}, "times the kernels and what stands around them, one benchmark each", {}, "laue-bench-kernels"};
  for (auto const& option : program_table()) {
    text.options.push_back(option.text);
  }
  return text;
}

/// Drops what is not among `allowed`.
template <class Value>
void keep_only(std::vector<Value>& values, std::vector<Value> const& allowed) {
  std::erase_if(values, [&allowed](Value value) { return std::ranges::find(allowed, value) == allowed.end(); });
}

}  // namespace

std::variant<ProgramConfig, std::string> parse_program_options(std::span<char const* const> arguments) {
  CommandText const text = program_text();
  GivenOptions const given = split_command_line(text, arguments);
  if (given.help != HelpLevel::none) {
    return help_of(text, given.help);
  }
  ProgramConfig config;
  for (auto const& option : given.options) {
    find_option(program_table(), option.name)
        ->set_from_text(config, option.value, {fmt::format("--{}", option.name), {}});
  }
  static_cast<void>(filter_of(config));
  return config;
}

std::vector<Benchmark> chosen_benchmarks(ProgramConfig const& config) {
  std::vector<Benchmark> benchmarks = registered_benchmarks();
  if (!config.settings.empty()) {
    merge_settings_file(benchmarks, config.settings);
  }
  for (Benchmark& benchmark : benchmarks) {
    benchmark.settings.iterations = config.iterations.value_or(benchmark.settings.iterations);
    benchmark.settings.warmup = config.warmup.value_or(benchmark.settings.warmup);
    keep_only(benchmark.settings.backends, config.backends);
    keep_only(benchmark.settings.precisions, config.precisions);
  }
  std::erase_if(benchmarks, [](Benchmark const& benchmark) {
    return benchmark.settings.backends.empty() || benchmark.settings.precisions.empty();
  });
  return benchmarks;
}

std::regex filter_of(ProgramConfig const& config) {
  try {
    return std::regex(config.filter);
  } catch (std::regex_error const& error) {
    throw bad_input(fmt::format("--filter {}", in_quotes(config.filter)), error.what(),
                    "give a regular expression, such as ^kernel_.*/double/");
  }
}

}  // namespace lauebench::kernel_bench
