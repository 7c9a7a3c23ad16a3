#include "config/config_json.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/command_line.hpp"
#include "config/json_file.hpp"
#include "config/option_tables.hpp"

namespace lauebench {
namespace {

/// The option whose JSON name is `key`, or null.
OptionSpec<RunConfig> const* find_key(std::string_view key) {
  auto const& table = run_options();
  auto const found =
      std::ranges::find_if(table, [key](auto const& option) { return json_name(option.text.name) == key; });
  return found == table.end() ? nullptr : &*found;
}

Error unknown_key(std::string const& key, std::string const& file) {
  std::string name = key;
  std::ranges::replace(name, '_', '-');
  return unknown_option(all_commands().front(), name, key, fmt::format("in {}", file));
}

}  // namespace

nlohmann::ordered_json to_json(RunConfig const& config) { return table_to_json(run_options(), config); }

void merge_json_file(RunConfig& config, std::filesystem::path const& file) {
  std::string const shown = file.string();
  Json const object = read_json_object(file, {"configuration file", "--config"});
  for (auto const& [key, value] : object.items()) {
    if (key == json_comment_key) {
      continue;
    }
    auto const* const option = find_key(key);
    if (option == nullptr) {
      throw unknown_key(key, shown);
    }
    option->set_from_json(config, value, {key, shown});
  }
}

}  // namespace lauebench
