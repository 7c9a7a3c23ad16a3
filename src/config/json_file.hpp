#pragma once

#include <filesystem>
#include <string_view>

#include "config/option_value.hpp"

namespace lauebench {

/// Members of this name are comments, at every place of a file.
inline constexpr std::string_view json_comment_key = "//";

/// Levels of objects and arrays. What is nested deeper is none of ours, and would take the stack that copying and
/// writing it need, which call themselves once for each level.
inline constexpr int deepest_json = 64;

/// What messages call a JSON file, and the option that names it.
struct JsonFileRole {
  std::string_view noun;    ///< "configuration file"
  std::string_view option;  ///< "--config"
};

/// The file's one JSON object. Throws Error (bad_input) when it cannot be read or holds something else, when an object
/// in it has a key twice, and when it is nested deeper than deepest_json.
[[nodiscard]] Json read_json_object(std::filesystem::path const& file, JsonFileRole const& role);

}  // namespace lauebench
