#pragma once

#include <iterator>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "config/error.hpp"
#include "config/options.hpp"

namespace lauebench::test {

inline constexpr char const* test_version = "9.8.7";

/// The required options of `run`.
inline std::vector<std::string> required_run_options() {
  return {"--h5", "scan.h5", "--staging-dir", "staging", "--geometry", "geo.xml", "--depth-range", "0:40"};
}

/// The words of `line`, which blanks separate.
inline std::vector<std::string> words(std::string const& line) {
  std::istringstream stream{line};
  return {std::istream_iterator<std::string>(stream), std::istream_iterator<std::string>()};
}

inline ParsedCommandLine parse(std::vector<std::string> const& arguments, char const* log_level = nullptr) {
  std::vector<char const*> pointers;
  pointers.reserve(arguments.size());
  for (auto const& argument : arguments) {
    pointers.push_back(argument.c_str());
  }
  return parse_command_line(pointers, log_level, test_version);
}

/// What --help and the like print; empty when the command line asks for none.
inline std::string printed(std::vector<std::string> const& arguments) {
  auto const parsed = parse(arguments);
  auto const* const text = std::get_if<TextToPrint>(&parsed);
  return text == nullptr ? std::string{} : text->text;
}

template <class Config>
Config parse_as(std::vector<std::string> const& arguments, char const* log_level = nullptr) {
  return std::get<Config>(std::get<Command>(parse(arguments, log_level)));
}

/// A run with the required options and `more`.
inline RunConfig parse_run(std::vector<std::string> const& more, char const* log_level = nullptr) {
  auto arguments = required_run_options();
  arguments.insert(arguments.end(), more.begin(), more.end());
  return parse_as<RunConfig>(arguments, log_level);
}

/// The message of the Error that `action` throws; empty when it throws none.
template <class Action>
std::string message_of(Action action) {
  try {
    static_cast<void>(action());
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    EXPECT_EQ(std::string{error.what()}.find('\n'), std::string::npos) << "more than one line: " << error.what();
    return error.what();
  }
  return {};
}

inline std::string parse_error(std::vector<std::string> const& arguments, char const* log_level = nullptr) {
  return message_of([&] { return parse(arguments, log_level); });
}

/// The error of a run with the required options and `more`.
inline std::string run_error(std::vector<std::string> const& more) {
  return message_of([&] { return parse_run(more); });
}

}  // namespace lauebench::test
