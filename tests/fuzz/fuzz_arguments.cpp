// The command line: arguments end at NUL characters where there are any, so that they can hold line feeds, and else at
// line feeds. A first argument LAUEBENCH_LOG_LEVEL=... is the environment's.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config_json.hpp"
#include "config/options.hpp"
#include "support/findings.hpp"
#include "support/memory_file.hpp"

namespace lauebench::fuzz {
namespace {

constexpr std::string_view level_opening = "LAUEBENCH_LOG_LEVEL=";

std::vector<std::string> split(std::string_view text) {
  char const end = text.find('\0') == std::string_view::npos ? '\n' : '\0';
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t const length = std::min(text.find(end), text.size());
    parts.emplace_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return parts;
}

/// Puts `file` in the place of every value of --config: what an input does must not depend on the files of the machine,
/// of which some would be waited for, too. Both ways of giving the value are known; one that begins with "--" is
/// refused unread.
void redirect_config(std::vector<std::string>& arguments, std::string const& file) {
  constexpr std::string_view name = "--config";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with("--config=")) {
      arguments[i] = "--config=" + file;
    } else if (arguments[i] == name && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--")) {
      arguments[i + 1] = file;
    }
  }
}

void parse(std::vector<std::string> const& arguments, char const* level) {
  std::vector<char const*> pointers;
  std::ranges::transform(arguments, std::back_inserter(pointers), [](auto const& text) { return text.c_str(); });
  auto const parsed = parse_command_line(pointers, level, "0");
  auto const* const command = std::get_if<Command>(&parsed);
  if (auto const* const run = command == nullptr ? nullptr : std::get_if<RunConfig>(command)) {
    // records hold it: every text must be UTF-8
    static_cast<void>(to_json(*run).dump());
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static MemoryFile config;
  config.replace(R"({"runs": 2, "tag": "from the file"})");
  auto arguments = split({reinterpret_cast<char const*>(data), size});
  std::optional<std::string> level;
  if (!arguments.empty() && arguments.front().starts_with(level_opening)) {
    level = arguments.front().substr(level_opening.size());
    arguments.erase(arguments.begin());
  }
  redirect_config(arguments, config.path().string());
  succeeds([&] { parse(arguments, level ? level->c_str() : nullptr); });
  return 0;
}

}  // namespace lauebench::fuzz
