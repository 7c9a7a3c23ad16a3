#include "staging/stripe_layout.hpp"

#include <algorithm>
#include <initializer_list>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/error.hpp"
#include "config/parse_number.hpp"
#include "staging/tool_output.hpp"

namespace lauebench {
namespace {

constexpr double patience_s = 4.0;
constexpr char const* lustre = "lustre";

/// A tool's arguments before the folder's path, and the words before the numbers in its answer.
struct StripeTool {
  std::vector<std::string> command;  ///< for the layout that new files get, and without -d for a file's own
  char const* count_label;           ///< null: it names none
  char const* bytes_label;
};

/// As manuals and tools' own examples have it: Lustre 2.x, BeeGFS 7 and 8. GPFS lays each file over all disks of its
/// pool, one block of the filesystem at a time.
std::vector<StripeTool> tools_for(std::string_view type) {
  constexpr auto beegfs_count = "storage targets: desired:";
  constexpr auto beegfs_bytes = "Chunksize:";
  if (type == lustre) {
    return {{{"lfs", "getstripe", "-d"}, "stripe_count:", "stripe_size:"}};
  }
  if (type == "beegfs") {
    return {{{"beegfs-ctl", "--getentryinfo"}, beegfs_count, beegfs_bytes},
            {{"beegfs", "entry", "info", "--retro"}, beegfs_count, beegfs_bytes}};
  }
  if (type == "gpfs") {
    return {{{"mmlsattr", "-L"}, nullptr, nullptr}};
  }
  return {};
}

/// What follows `label`, where it occurs once: files whose parts are laid out differently have several.
std::string_view only_word_after(std::string_view text, char const* label) {
  std::size_t const found = label != nullptr ? text.find(label) : std::string_view::npos;
  if (found == std::string_view::npos || text.find(label, found + 1) != std::string_view::npos) {
    return {};
  }
  std::string_view rest = text.substr(found + std::string_view(label).size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  return rest.substr(0, rest.find_first_of(" \t\r\n;"));
}

/// Of a letter behind a number of bytes; empty: no such unit.
std::optional<std::uint64_t> unit_bytes(std::string_view unit) {
  for (auto const& [letters, bytes] : std::initializer_list<std::pair<std::string_view, std::uint64_t>>{
           {"", 1}, {"k", 1ULL << 10U}, {"K", 1ULL << 10U}, {"M", 1ULL << 20U}, {"G", 1ULL << 30U}}) {
    if (unit == letters) {
      return bytes;
    }
  }
  return std::nullopt;
}

std::optional<int> count_of(std::string_view word) {
  auto const count = parse_number<int>(word);
  bool const is_count = count.problem == NumberProblem::none && count.value >= -1 && count.value != 0;
  return is_count ? std::optional(count.value) : std::nullopt;
}

std::optional<std::uint64_t> bytes_of(std::string_view word) {
  constexpr std::uint64_t most = 1ULL << 32U;  // lest a unit takes it past 64 bits
  std::size_t const digits = std::min(word.find_first_not_of("0123456789"), word.size());
  auto const number = parse_number<std::uint64_t>(word.substr(0, digits));
  auto const unit = unit_bytes(word.substr(digits));
  bool const is_size = number.problem == NumberProblem::none && number.value > 0 && number.value <= most && unit;
  return is_size ? std::optional(number.value * *unit) : std::nullopt;
}

}  // namespace

StripeReading read_stripe_layout(LayoutOf what, std::filesystem::path const& path, std::string const& type) {
  auto const tools = tools_for(type);
  if (tools.empty()) {
    return {std::nullopt, fmt::format("filesystems of type {} have no tool for it that is known here", type)};
  }
  std::string problems;
  for (StripeTool const& tool : tools) {
    auto command = tool.command;
    if (what == LayoutOf::file) {
      std::erase(command, "-d");
    }
    std::string const name = fmt::format("{}", fmt::join(command, " "));
    command.push_back(path.string());
    ToolOutput answer = ask_tool(command, patience_s);
    if (answer.problem.empty()) {
      auto const bytes = bytes_of(only_word_after(answer.text, tool.bytes_label));
      auto const count = count_of(only_word_after(answer.text, tool.count_label));
      return {StripeLayout{name, bytes, count, std::move(answer.text)}, {}};
    }
    problems += fmt::format("{}'{}': {}", problems.empty() ? "" : "; ", name, answer.problem);
  }
  return {std::nullopt, problems};
}

std::string striped_type(std::string const& filesystem_type, std::string const& arguments) {
  return arguments.empty() ? filesystem_type : lustre;
}

void set_stripe_layout(std::filesystem::path const& folder, std::string const& arguments, char const* option) {
  std::vector<std::string> command{"lfs", "setstripe"};
  std::istringstream words(arguments.empty() ? "-d" : arguments);
  for (std::string word; words >> word;) {
    command.push_back(std::move(word));
  }
  command.push_back(folder.string());
  ToolOutput const answer = ask_tool(command, patience_s);
  if (!answer.problem.empty()) {
    std::string said = answer.text.substr(0, answer.text.find('\n'));
    throw bad_input(fmt::format("cannot lay out '{}' by '{}'", folder.string(), fmt::join(command, " ")),
                    said.empty() ? answer.problem : fmt::format("{}: {}", answer.problem, said),
                    fmt::format("check {}, and that the folder lies on Lustre", option));
  }
}

}  // namespace lauebench
