#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "config/config.hpp"

/// Configurations as JSON: option names with underscores, lists as arrays, paths as strings, enums as their words, null
/// for what is not given. What `to_json` returns for a RunConfig can be given to --config again.
namespace lauebench {

[[nodiscard]] nlohmann::ordered_json to_json(RunConfig const& config);

/// Stores what the file says in `config`. Throws Error (bad_input) when the file cannot be read or is no JSON object,
/// and for unknown or repeated keys and values of the wrong type or out of range. Members called "//" are comments.
void merge_json_file(RunConfig& config, std::filesystem::path const& file);

}  // namespace lauebench
