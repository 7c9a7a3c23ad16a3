#include "config/option_value.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/nearest_name.hpp"

namespace lauebench {
namespace {

DepthRange checked(DepthRange const& range, std::string const& shown, ValueSource const& source) {
  if (range.start_um >= range.end_um) {
    throw bad_input(source.with(shown), range.start_um > range.end_um ? "the range is reversed" : "the range is empty",
                    "give it as start:end in um, start below end, such as 0:100");
  }
  return range;
}

}  // namespace

std::string ValueSource::with(std::string_view shown_value) const {
  return file.empty() ? fmt::format("{} {}", name, shown_value) : fmt::format("{} = {} in {}", name, shown_value, file);
}

std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (char const c : text) {
    bool const control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    result.push_back(control ? '?' : c);
  }
  return result + "'";
}

std::string describe_json(Json const& value) {
  constexpr std::size_t longest_shown = 60;
  if (value.is_object() || value.is_array()) {
    return value.is_object() ? "an object" : fmt::format("an array of {}", plural(value.size(), "value"));
  }
  auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > longest_shown) {
    text = text.substr(0, longest_shown) + "...";
  }
  if (value.is_string()) {
    return "the string " + text;
  }
  return value.is_number() ? "the number " + text : text;
}

Error wrong_type(ValueSource const& source, std::string_view expected, Json const& found) {
  std::string const where = source.file.empty() ? source.name : fmt::format("{} in {}", source.name, source.file);
  return bad_input(fmt::format("{} has the wrong type", where),
                   fmt::format("expected {}, found {}", expected, describe_json(found)), "correct the value");
}

std::string checked_text(std::string_view text, ValueSource const& source) {
  std::string result{text};
  if (result.find('\0') != std::string::npos) {
    throw bad_input(source.with(in_quotes(text)), "it holds a NUL character", "leave that character out");
  }
  try {
    static_cast<void>(Json(result).dump());
  } catch (Json::exception const&) {
    throw bad_input(source.with(in_quotes(text)), "not valid UTF-8, which the results file requires",
                    "use another name or text");
  }
  return result;
}

std::string string_of(Json const& value, std::string_view expected, ValueSource const& source) {
  if (!value.is_string()) {
    throw wrong_type(source, expected, value);
  }
  return checked_text(value.get_ref<std::string const&>(), source);
}

std::vector<std::string_view> split_list(std::string_view text, ValueSource const& source) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    std::size_t const end = std::min(text.find(',', begin), text.size());
    if (end == begin) {
      throw bad_input(source.with(in_quotes(text)), fmt::format("entry {} is empty", parts.size() + 1),
                      "give values separated by single commas");
    }
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Json const& array_of(Json const& value, std::string_view expected, ValueSource const& source) {
  if (!value.is_array()) {
    throw wrong_type(source, expected, value);
  }
  return value;
}

std::vector<std::string> NameList::from_text(std::string_view text, ValueSource const& source) const {
  Value names;
  for (auto const part : split_list(text, source)) {
    names.push_back(checked_text(part, source));
  }
  remove_duplicates(names);
  return names;
}

std::vector<std::string> NameList::from_json(Json const& value, ValueSource const& source) const {
  Value names;
  for (auto const& element : array_of(value, "an array of strings", source)) {
    names.push_back(string_of(element, "an array of strings", source));
  }
  remove_duplicates(names);
  return names;
}

std::string FreeText::from_text(std::string_view text, ValueSource const& source) const {
  return checked_text(text, source);
}

std::string FreeText::from_json(Json const& value, ValueSource const& source) const {
  return string_of(value, "a string", source);
}

std::filesystem::path PathText::from_text(std::string_view text, ValueSource const& source) const {
  if (text.empty()) {
    throw bad_input(source.with("''"), "the path is empty", "give a path");
  }
  return checked_text(text, source);
}

std::filesystem::path PathText::from_json(Json const& value, ValueSource const& source) const {
  return value.is_null() ? Value{} : from_text(string_of(value, "a path as a string", source), source);
}

PathList::Value PathList::from_text(std::string_view text, ValueSource const& source) const {
  return {PathText{}.from_text(text, source)};
}

PathList::Value PathList::from_json(Json const& value, ValueSource const& source) const {
  constexpr std::string_view expected = "a path as a string, or an array of them";
  if (value.is_null() || value.is_string()) {
    return value.is_null() ? Value{} : from_text(string_of(value, expected, source), source);
  }
  Value paths;
  for (auto const& element : array_of(value, expected, source)) {
    paths.push_back(PathText{}.from_text(string_of(element, expected, source), source));
  }
  if (paths.empty()) {
    throw bad_input(source.with("[]"), "the list is empty", "give a path");
  }
  return paths;
}

Json PathList::to_json(Value const& value) const {
  if (value.size() <= 1) {
    return value.empty() ? Json{} : PathText{}.to_json(value.front());
  }
  Json paths = Json::array();
  for (auto const& path : value) {
    paths.push_back(PathText{}.to_json(path));
  }
  return paths;
}

std::string ShellCommand::from_text(std::string_view text, ValueSource const& source) const {
  if (text.find_first_not_of(" \t\r\n") == text.npos) {
    throw bad_input(source.with(in_quotes(text)), "the command is empty", "give a command, or leave the option out");
  }
  return checked_text(text, source);
}

std::string ShellCommand::from_json(Json const& value, ValueSource const& source) const {
  return value.is_null() ? Value{} : from_text(string_of(value, "a command as a string", source), source);
}

std::string ToolArguments::from_text(std::string_view text, ValueSource const& source) const {
  if (text.find_first_not_of(" \t") == text.npos || text.find_first_of("\r\n") != text.npos) {
    throw bad_input(source.with(in_quotes(text)), "it is no line of arguments",
                    "give what the tool takes, such as '-c 4 -S 1m', or leave the option out");
  }
  return checked_text(text, source);
}

std::string ToolArguments::from_json(Json const& value, ValueSource const& source) const {
  return value.is_null() ? Value{} : from_text(string_of(value, "arguments as a string", source), source);
}

constexpr std::string_view kokkos_prefix = "kokkos:";

std::string KokkosToolText::from_text(std::string_view text, ValueSource const& source) const {
  // Kokkos takes what follows a semicolon for another library
  if (!text.starts_with(kokkos_prefix) || text.size() == kokkos_prefix.size() || text.find(';') != text.npos) {
    throw bad_input(source.with(in_quotes(text)), "not of the form kokkos:LIBRARY",
                    "give the path of one Kokkos Tools library, such as kokkos:/opt/tools/libkp_kernel_timer.so");
  }
  return checked_text(text.substr(kokkos_prefix.size()), source);
}

std::string KokkosToolText::from_json(Json const& value, ValueSource const& source) const {
  return value.is_null() ? Value{} : from_text(string_of(value, "kokkos:LIBRARY as a string", source), source);
}

Json KokkosToolText::to_json(std::string const& value) const {
  return value.empty() ? Json{} : Json(fmt::format("{}{}", kokkos_prefix, value));
}

DepthRange DepthRangeText::from_text(std::string_view text, ValueSource const& source) const {
  std::size_t const colon = text.find(':');
  if (colon == std::string_view::npos) {
    throw bad_input(source.with(in_quotes(text)), "no colon in it", "give it as start:end in um, such as 0:100");
  }
  std::array const parts{text.substr(0, colon), text.substr(colon + 1)};
  std::array<double, 2> ends_um{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto const parsed = parse_number<double>(parts[i]);
    if (parsed.problem != NumberProblem::none) {
      throw bad_input(source.with(in_quotes(text)), fmt::format("{} is not a finite number", in_quotes(parts[i])),
                      "give it as start:end in um, such as 0:100");
    }
    ends_um[i] = parsed.value;
  }
  return checked({ends_um[0], ends_um[1]}, in_quotes(text), source);
}

DepthRange DepthRangeText::from_json(Json const& value, ValueSource const& source) const {
  if (value.is_string()) {
    return from_text(value.get_ref<std::string const&>(), source);
  }
  if (!value.is_array() || value.size() != 2 || !value[0].is_number() || !value[1].is_number()) {
    throw wrong_type(source, R"(two numbers, such as [0, 100], or the string "0:100")", value);
  }
  return checked({value[0].get<double>(), value[1].get<double>()}, value.dump(), source);
}

int CompressionText::from_text(std::string_view text, ValueSource const& source) const {
  constexpr std::string_view gzip_prefix = "gzip:";
  if (text == "none") {
    return 0;
  }
  constexpr WholeNumber<int> level{.minimum = 1, .maximum = 9};
  std::string problem = "not a known compression";
  int value = 0;
  if (text.starts_with(gzip_prefix)) {
    value = level.parse(text.substr(gzip_prefix.size()), problem);
    problem = problem.empty() ? problem : "its level is " + problem;
  }
  if (!problem.empty()) {
    throw bad_input(source.with(in_quotes(text)), problem, "give none or gzip:L with L from 1 to 9");
  }
  return value;
}

int CompressionText::from_json(Json const& value, ValueSource const& source) const {
  return from_text(string_of(value, words(), source), source);
}

Json CompressionText::to_json(int level) const {
  return level == 0 ? std::string{"none"} : fmt::format("gzip:{}", level);
}

MpiHintList::Value MpiHintList::from_text(std::string_view text, ValueSource const& source) const {
  auto const equals = text.find('=');
  bool const is_pair = equals != std::string_view::npos && equals > 0 && equals + 1 < text.size();
  if (!is_pair || text.find_first_of("\r\n") != text.npos) {
    throw bad_input(source.with(in_quotes(text)), "it is no key with a value", "give KEY=VALUE, such as cb_nodes=2");
  }
  return {{checked_text(text.substr(0, equals), source), checked_text(text.substr(equals + 1), source)}};
}

MpiHintList::Value MpiHintList::from_json(Json const& value, ValueSource const& source) const {
  constexpr std::string_view expected = "an array of texts KEY=VALUE";
  Value hints;
  for (auto const& element : array_of(value, expected, source)) {
    MpiHint const hint = from_text(string_of(element, expected, source), source).front();
    if (std::ranges::find(hints, hint.key, &MpiHint::key) != hints.end()) {
      throw bad_input(source.with(in_quotes(hint.key)), "the key is given twice", "give each hint once");
    }
    hints.push_back(hint);
  }
  return hints;
}

Json MpiHintList::to_json(Value const& value) const {
  Json texts = Json::array();
  for (MpiHint const& hint : value) {
    texts.push_back(fmt::format("{}={}", hint.key, hint.value));
  }
  return texts;
}

Error unknown_word(ValueSource const& source, std::string_view word, std::string const& words) {
  std::vector<std::string_view> known;
  std::string_view rest = words;
  while (!rest.empty()) {
    std::size_t const end = std::min(rest.find('|'), rest.size());
    known.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return bad_input(source.with(in_quotes(word)), fmt::format("it takes {}", words),
                   suggest_name(word, known, "", "use one of these words"));
}

std::optional<ElementType> OutputTypeText::from_text(std::string_view text, ValueSource const& source) const {
  if (text == "scan") {
    return std::nullopt;
  }
  if (auto const type = from_word<ElementType>(text)) {
    return type;
  }
  throw unknown_word(source, text, "scan|" + list_words<ElementType>());
}

std::optional<ElementType> OutputTypeText::from_json(Json const& value, ValueSource const& source) const {
  return from_text(string_of(value, "scan|" + list_words<ElementType>(), source), source);
}

}  // namespace lauebench
