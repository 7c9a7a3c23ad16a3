#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/option_value.hpp"

/// One table per subcommand says all there is to know about its options. Command line, help, configuration file and the
/// recorded parameters are made from it, so that they agree.
namespace lauebench {

/// Which help shows an option: --help and --help-all, or --help-all alone.
enum class Audience : std::uint8_t { everyday, advanced };

/// Whether the command can do without the option.
enum class Presence : std::uint8_t { optional, required };

enum class Takes : std::uint8_t { value, nothing };

/// Whether an option may stand on the command line more than once; its values are then those of a JSON array.
enum class Occurrence : std::uint8_t { once, repeated };

/// Whether an option's name may be left out on the command line: `laue-bench clean DIR`.
enum class Naming : std::uint8_t { required, optional };

/// Whether an option's value is part of plan_id. Options that say which points exist count through the points instead.
enum class PlanRole : std::uint8_t { none, changes_run };

/// What a person reads about an option. `name` has no dashes in front; its JSON name is the same with underscores.
struct OptionText {
  std::string_view name;
  std::string_view placeholder;  ///< "N,..."; empty for an option without value
  std::string_view help;         ///< with the unit
  std::string_view group;
  Audience audience = Audience::everyday;
  Presence presence = Presence::optional;
  PlanRole plan_role = PlanRole::none;
  Occurrence occurrence = Occurrence::once;
  std::string shown_default = {};  ///< empty: the default of the configuration; required options show none
  Naming naming = Naming::required;

  [[nodiscard]] Takes takes() const { return placeholder.empty() ? Takes::nothing : Takes::value; }
};

/// Whitespace-free text of a JSON value as the command line would take it: 1,2 for [1,2]; empty for null, false and "".
[[nodiscard]] std::string shown_default_of(Json const& value, Takes takes);

/// The name of an option in JSON: underscores for dashes.
[[nodiscard]] std::string json_name(std::string_view option_name);

/// An option of a command whose configuration is `Config`.
template <class Config>
struct OptionSpec {
  OptionText text;
  std::function<void(Config&, std::string_view, ValueSource const&)> set_from_text;
  std::function<void(Config&, Json const&, ValueSource const&)> set_from_json;
  std::function<Json(Config const&)> to_json;
};

/// An option whose value `get(config)` returns and `set(config, value)` stores.
template <class Config, class Codec, class Get, class Set>
[[nodiscard]] OptionSpec<Config> make_option(OptionText text, Codec codec, Get get, Set set) {
  OptionSpec<Config> option;
  option.set_from_text = [codec, set](Config& config, std::string_view value, ValueSource const& source) {
    set(config, codec.from_text(value, source));
  };
  option.set_from_json = [codec, set](Config& config, Json const& value, ValueSource const& source) {
    set(config, codec.from_json(value, source));
  };
  option.to_json = [codec, get](Config const& config) { return codec.to_json(get(config)); };
  if (text.shown_default.empty()) {
    text.shown_default = shown_default_of(option.to_json(Config{}), text.takes());
  }
  option.text = std::move(text);
  return option;
}

/// An option that is one member; `member(config)` returns a reference to it, for const configurations as well.
template <class Config, class Codec, class Member>
[[nodiscard]] OptionSpec<Config> make_option(OptionText text, Codec codec, Member member) {
  using Value = typename Codec::Value;
  return make_option<Config>(
      std::move(text), std::move(codec), [member](Config const& config) -> Value { return member(config); },
      [member](Config& config, Value value) { member(config) = std::move(value); });
}

/// All options of a command, in the order of the help text.
template <class Config>
using OptionTable = std::vector<OptionSpec<Config>>;

/// The option called `name` (without dashes in front), or null.
template <class Config>
[[nodiscard]] OptionSpec<Config> const* find_option(OptionTable<Config> const& table, std::string_view name) {
  auto const found = std::ranges::find_if(table, [name](auto const& option) { return option.text.name == name; });
  return found == table.end() ? nullptr : &*found;
}

/// All options of a configuration under their JSON names, in the order of the table.
template <class Config>
[[nodiscard]] Json table_to_json(OptionTable<Config> const& table, Config const& config) {
  Json result = Json::object();
  for (auto const& option : table) {
    result[json_name(option.text.name)] = option.to_json(config);
  }
  return result;
}

}  // namespace lauebench
