#include "config/json_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace lauebench {
namespace {

Error unreadable(std::filesystem::path const& file, JsonFileRole const& role, std::string_view why) {
  return bad_input(fmt::format("cannot read {} {}", role.noun, in_quotes(file.string())), why,
                   fmt::format("check the path given to {}", role.option));
}

/// Never more than such a file can have; a pipe would be waited for, a device never ends.
std::string read_text(std::filesystem::path const& file, JsonFileRole const& role) {
  constexpr std::size_t largest_file_bytes = std::size_t{16} << 20U;
  std::error_code problem;
  auto const status = std::filesystem::status(file, problem);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw unreadable(file, role, std::filesystem::is_directory(status) ? "Is a directory" : "it is not a regular file");
  }
  errno = 0;
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    throw unreadable(file, role, errno != 0 ? std::strerror(errno) : "not a file");
  }
  std::string content;
  for (std::array<char, 65536> piece{}; stream && content.size() <= largest_file_bytes;) {
    stream.read(piece.data(), piece.size());
    content.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) {
    throw unreadable(file, role, errno != 0 ? std::strerror(errno) : "reading failed");
  }
  if (content.size() > largest_file_bytes) {
    throw unreadable(file, role,
                     fmt::format("more than {} bytes are too many for a configuration", largest_file_bytes));
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

/// Sees the parts of a file as they are parsed and refuses the second of two keys in one object, and what is nested too
/// deep.
class PartsInspection {
 public:
  explicit PartsInspection(std::string file) : file_(std::move(file)) {}

  void look_at(int depth, Json::parse_event_t event, Json const& parsed) {
    if (depth > deepest_json) {
      throw bad_input(fmt::format("{} cannot be used", file_),
                      fmt::format("it is nested more than {} levels deep", deepest_json), "correct it");
    }
    // keys of an object at depth d are seen at depth d + 1
    auto const object = static_cast<std::size_t>(depth);
    if (event == Json::parse_event_t::object_start) {
      seen_.resize(object);
      seen_.emplace_back();
    } else if (event == Json::parse_event_t::key) {
      auto const& key = parsed.get_ref<std::string const&>();
      if (key != json_comment_key && !seen_.at(object - 1).insert(key).second) {
        throw bad_input(fmt::format("key {} stands twice in {}", in_quotes(key), file_),
                        "one of the values would be lost", "keep one of them");
      }
    }
  }

 private:
  std::string file_;
  std::vector<std::set<std::string, std::less<>>> seen_;
};

}  // namespace

Json read_json_object(std::filesystem::path const& file, JsonFileRole const& role) {
  std::string const shown = file.string();
  PartsInspection inspection(shown);
  Json result;
  try {
    result =
        Json::parse(read_text(file, role), [&inspection](int depth, Json::parse_event_t event, Json const& parsed) {
          inspection.look_at(depth, event, parsed);
          return true;
        });
  } catch (Json::exception const& error) {
    throw bad_input(fmt::format("{} {} is not valid JSON", role.noun, shown), reason_of(error),
                    "correct it; comments are members called \"//\"");
  }
  if (!result.is_object()) {
    throw bad_input(fmt::format("{} {} holds no JSON object", role.noun, shown),
                    fmt::format("found {}", describe_json(result)), "write { \"option\": value, ... }");
  }
  return result;
}

}  // namespace lauebench
