#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "config/error.hpp"
#include "config/option_entries.hpp"
#include "config/parse_number.hpp"
#include "config/words.hpp"

/// How a value of an option is read from the command line's text and from JSON, checked, and written to JSON. Each
/// codec has `Value`, `from_text`, `from_json` and `to_json`; the first two throw Error (bad_input) that names the
/// option and the value.
namespace lauebench {

using Json = nlohmann::ordered_json;

/// Where a value stands, for messages: an option of the command line, an environment variable, or a key of a file.
struct ValueSource {
  std::string name;  ///< "--runs", "runs"
  std::string file;  ///< the configuration file; empty for the command line

  /// "--runs 'x'" or "runs = 'x' in grid.json".
  [[nodiscard]] std::string with(std::string_view shown_value) const;
};

/// `text` in single quotes, control characters replaced, so that a message stays one line.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// "the string \"x\"", "the number 1.5", "null", "an array".
[[nodiscard]] std::string describe_json(Json const& value);

/// The value is of another JSON type than the option takes.
[[nodiscard]] Error wrong_type(ValueSource const& source, std::string_view expected, Json const& found);

/// `text` if it can stand in a results file. Throws for a NUL character and for what is not UTF-8.
[[nodiscard]] std::string checked_text(std::string_view text, ValueSource const& source);

/// The string in `value`, checked; throws wrong_type for everything else.
[[nodiscard]] std::string string_of(Json const& value, std::string_view expected, ValueSource const& source);

/// The parts of "a,b,c"; every one non-empty, or Error.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text, ValueSource const& source);

/// The elements of a JSON array; throws wrong_type for everything else.
[[nodiscard]] Json const& array_of(Json const& value, std::string_view expected, ValueSource const& source);

/// A whole number within limits.
template <class Number>
struct WholeNumber {
  using Value = Number;
  Number minimum = 0;
  Number maximum = std::numeric_limits<Number>::max();

  [[nodiscard]] std::string advice() const;
  [[nodiscard]] Number from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Number from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Number value) const { return value; }

  /// Empty when `value` lies within the limits, else why not.
  [[nodiscard]] std::string problem_of(Number value) const;
  /// The number, or why there is none, in `problem`. For entries of lists as well.
  [[nodiscard]] Number parse(std::string_view text, std::string& problem) const;
  [[nodiscard]] Number parse(Json const& value, std::string& problem) const;
};

extern template struct WholeNumber<int>;
extern template struct WholeNumber<std::int64_t>;
extern template struct WholeNumber<std::uint64_t>;

/// Whole MiB; whoever gives them asks for the limit. In JSON null stands for the standard one.
struct MemoryLimitMib {
  using Value = MemoryLimit;
  WholeNumber<std::int64_t> mib;

  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const {
    return {mib.from_text(text, source), LimitSource::asked};
  }
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const {
    return value.is_null() ? Value{} : Value{mib.from_json(value, source), LimitSource::asked};
  }
  [[nodiscard]] Json to_json(Value value) const {
    return value.source == LimitSource::asked ? Json(value.mib) : Json(nullptr);
  }
};

enum class Bound : std::uint8_t { included, excluded };

/// A finite number within limits.
struct RealNumber {
  using Value = double;
  double minimum = 0.0;
  Bound minimum_bound = Bound::included;
  double maximum = std::numeric_limits<double>::max();

  [[nodiscard]] double from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] double from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(double value) const { return value; }

 private:
  [[nodiscard]] double checked(double value, ValueSource const& source) const;
};

enum class Duplicates : std::uint8_t { keep, remove };

/// Whole numbers: "1,2,4" or [1, 2, 4].
template <class Number>
struct WholeNumberList {
  using Value = std::vector<Number>;
  WholeNumber<Number> entry;
  std::size_t min_entries = 1;
  std::size_t max_entries = std::numeric_limits<std::size_t>::max();
  Duplicates duplicates = Duplicates::remove;
  std::string_view advice = "give positive whole numbers separated by commas, such as 1,2,4";

  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const { return value; }

 private:
  [[nodiscard]] Value checked(Value entries, std::string const& shown, ValueSource const& source) const;
};

extern template struct WholeNumberList<int>;
extern template struct WholeNumberList<std::int64_t>;

/// Names: "a,b" or ["a", "b"]; repeated ones are dropped. A JSON array may be empty.
struct NameList {
  using Value = std::vector<std::string>;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const { return value; }
};

/// Any text, also none.
struct FreeText {
  using Value = std::string;
  [[nodiscard]] std::string from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] std::string from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(std::string const& value) const { return value; }
};

/// A path as the user wrote it. In JSON null stands for none.
struct PathText {
  using Value = std::filesystem::path;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const { return value.empty() ? Json{} : Json(value.string()); }
};

/// Paths: one as a string, several as an array of strings in JSON, where null stands for none. On the command line a
/// comma is part of a path.
struct PathList {
  using Value = std::vector<std::filesystem::path>;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const;
};

/// A command for the shell, as the user wrote it. In JSON null stands for none.
struct ShellCommand {
  using Value = std::string;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const { return value.empty() ? Json{} : Json(value); }
};

/// Arguments of a tool, separated by blanks and taken without a shell. In JSON null stands for none.
struct ToolArguments {
  using Value = std::string;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const { return value.empty() ? Json{} : Json(value); }
};

/// "kokkos:LIBRARY", for the library. In JSON null stands for none.
struct KokkosToolText {
  using Value = std::string;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const;
};

/// "0:100", or [0, 100] in JSON; start below end.
struct DepthRangeText {
  using Value = DepthRange;
  [[nodiscard]] DepthRange from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] DepthRange from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(DepthRange const& value) const { return Json::array({value.start_um, value.end_um}); }
};

/// "none" or "gzip:1" .. "gzip:9"; the value is the level, 0 for none.
struct CompressionText {
  using Value = int;
  [[nodiscard]] static std::string words() { return "none|gzip:L"; }
  [[nodiscard]] int from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] int from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(int level) const;
};

/// "KEY=VALUE"; in JSON an array of such texts, each key at most once.
struct MpiHintList {
  using Value = std::vector<MpiHint>;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const;
};

/// The words that an option takes, and the error for another one.
[[nodiscard]] Error unknown_word(ValueSource const& source, std::string_view word, std::string const& words);

/// One of an enum's words.
template <worded Enum>
struct WordOf {
  using Value = Enum;
  [[nodiscard]] static std::string words() { return list_words<Enum>(); }
  [[nodiscard]] Enum from_text(std::string_view text, ValueSource const& source) const {
    if (auto const value = from_word<Enum>(text)) {
      return *value;
    }
    throw unknown_word(source, text, list_words<Enum>());
  }
  [[nodiscard]] Enum from_json(Json const& value, ValueSource const& source) const {
    return from_text(string_of(value, list_words<Enum>(), source), source);
  }
  [[nodiscard]] Json to_json(Enum value) const { return to_word(value); }
};

/// Values of another codec that stands for words: "a,b", or ["a", "b"] in JSON, where the string does as well; repeated
/// ones are dropped.
template <class Codec>
struct ListOf {
  using Value = std::vector<typename Codec::Value>;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const {
    Value entries;
    for (auto const part : split_list(text, source)) {
      entries.push_back(Codec{}.from_text(part, source));
    }
    remove_duplicates(entries);
    return entries;
  }
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const {
    if (value.is_string()) {
      return from_text(value.get_ref<std::string const&>(), source);
    }
    std::string const expected = "an array of the words " + Codec::words();
    Value entries;
    for (auto const& element : array_of(value, expected, source)) {
      entries.push_back(Codec{}.from_text(string_of(element, expected, source), source));
    }
    if (entries.empty()) {
      throw bad_input(source.with("[]"), "0 values", "give one of " + Codec::words() + " at least");
    }
    remove_duplicates(entries);
    return entries;
  }
  [[nodiscard]] Json to_json(Value const& value) const {
    Json words = Json::array();
    for (auto const entry : value) {
      words.push_back(Codec{}.to_json(entry));
    }
    return words;
  }
};

template <worded Enum>
using WordList = ListOf<WordOf<Enum>>;

/// An element type, or "scan" for that of the scan (empty).
struct OutputTypeText {
  using Value = std::optional<ElementType>;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  [[nodiscard]] Json to_json(Value const& value) const { return value ? to_word(*value) : std::string_view{"scan"}; }
};

/// Something that is on when the option stands on the command line; true or false in JSON.
template <class State>
struct Switch {
  using Value = State;
  State off;
  State on;
  [[nodiscard]] State from_text(std::string_view /*text*/, ValueSource const& /*source*/) const { return on; }
  [[nodiscard]] State from_json(Json const& value, ValueSource const& source) const {
    if (!value.is_boolean()) {
      throw wrong_type(source, "true or false", value);
    }
    return value.get<bool>() ? on : off;
  }
  [[nodiscard]] Json to_json(State value) const { return value == on; }
};

/// Something that may be absent: null in JSON.
template <class Codec>
struct MaybeAbsent {
  using Value = std::optional<typename Codec::Value>;
  Codec codec;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const {
    return codec.from_text(text, source);
  }
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const {
    return value.is_null() ? Value{} : Value{codec.from_json(value, source)};
  }
  [[nodiscard]] Json to_json(Value const& value) const { return value ? codec.to_json(*value) : Json{}; }
};

}  // namespace lauebench
