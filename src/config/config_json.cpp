#include "config/config_json.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "config/command_line.hpp"
#include "config/option_tables.hpp"

namespace lauebench {
namespace {

constexpr std::string_view comment_key = "//";

Error unreadable(std::filesystem::path const& file, std::string_view why) {
  return bad_input(fmt::format("cannot read configuration file {}", in_quotes(file.string())), why,
                   "check the path given to --config");
}

/// Never more than a configuration can have; a pipe would be waited for, a device never ends.
std::string read_text(std::filesystem::path const& file) {
  constexpr std::size_t largest_file_bytes = std::size_t{16} << 20U;
  std::error_code problem;
  auto const status = std::filesystem::status(file, problem);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw unreadable(file, std::filesystem::is_directory(status) ? "Is a directory" : "it is not a regular file");
  }
  errno = 0;
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    throw unreadable(file, errno != 0 ? std::strerror(errno) : "not a file");
  }
  std::string content(largest_file_bytes + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream.bad()) {
    throw unreadable(file, errno != 0 ? std::strerror(errno) : "reading failed");
  }
  content.resize(static_cast<std::size_t>(stream.gcount()));
  if (content.size() > largest_file_bytes) {
    throw unreadable(file, fmt::format("more than {} bytes are too many for a configuration", largest_file_bytes));
  }
  return content;
}

/// The library's message without its internal prefix "[json.exception.parse_error.101] parse error ".
std::string reason_of(Json::exception const& error) {
  std::string_view const text{error.what()};
  std::size_t const bracket = text.find("] ");
  std::string const reason{bracket == std::string_view::npos ? text : text.substr(bracket + 2)};
  return in_quotes(reason).substr(1, reason.size());
}

Json parse_object(std::string const& text, std::string const& file) {
  std::set<std::string, std::less<>> seen;
  auto const refuse_repeated = [&](int depth, Json::parse_event_t event, Json const& parsed) {
    if (event == Json::parse_event_t::key && depth == 1) {
      auto const& key = parsed.get_ref<std::string const&>();
      if (key != comment_key && !seen.insert(key).second) {
        throw bad_input(fmt::format("key {} stands twice in {}", in_quotes(key), file),
                        "one of the values would be lost", "keep one of them");
      }
    }
    return true;
  };
  Json result;
  try {
    result = Json::parse(text, refuse_repeated);
  } catch (Json::exception const& error) {
    throw bad_input(fmt::format("configuration file {} is not valid JSON", file), reason_of(error),
                    "correct it; comments are members called \"//\"");
  }
  if (!result.is_object()) {
    throw bad_input(fmt::format("configuration file {} holds no JSON object", file),
                    fmt::format("found {}", describe_json(result)), "write { \"option\": value, ... }");
  }
  return result;
}

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
  Json const object = parse_object(read_text(file), shown);
  for (auto const& [key, value] : object.items()) {
    if (key == comment_key) {
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
