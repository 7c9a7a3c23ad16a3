#include "staging/own_names.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

namespace lauebench {
namespace {

/// Leaves room for "_<i>.h5" and for what temporary_name() adds, within the 255 bytes of a file name.
constexpr std::size_t longest_basename = 180;
constexpr std::string_view temporary_tag = ".laue-bench-tmp-";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

/// Bytes of the UTF-8 sequence that begins the text, by its first byte; 0: it cannot begin one.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first < 0xe0) {
    return 2;
  }
  if (first >= 0xe0 && first < 0xf0) {
    return 3;
  }
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/// `text` without control characters and stray bytes, cut at a whole character.
std::string tame(std::string_view text) {
  std::string tamed;
  while (!text.empty() && tamed.size() < longest_basename) {
    auto const first = static_cast<unsigned char>(text.front());
    auto const length = sequence_length(first);
    bool const is_whole = length > 0 && length <= text.size() &&
                          std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length),
                                      [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; });
    if (!is_whole || is_control(first)) {
      tamed.push_back('_');
      text.remove_prefix(1);
    } else {
      tamed.append(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  // a leading dot would hide it, and two of them belong to temporary names
  if (!tamed.empty() && tamed.front() == '.') {
    tamed.front() = '_';
  }
  return tamed;
}

std::string_view without(std::string_view text, std::string_view prefix, std::string_view suffix) {
  bool const fits = text.size() >= prefix.size() + suffix.size() && text.starts_with(prefix) && text.ends_with(suffix);
  return fits ? text.substr(prefix.size(), text.size() - prefix.size() - suffix.size()) : std::string_view();
}

}  // namespace

std::string replica_name(std::filesystem::path const& source, int i) {
  auto const stem = source.stem().string();
  auto basename = tame(stem);
  if (basename != stem) {
    // two odd names that look the same when tamed stay apart
    basename += fmt::format("_{:016x}", XXH3_64bits(stem.data(), stem.size()));
  }
  return fmt::format("{}_{}.h5", basename, i);
}

bool is_replica_name(std::string_view name) {
  auto const numbered = without(name, "", ".h5");
  auto const end_of_basename = numbered.rfind('_');
  return end_of_basename != std::string_view::npos && is_number(numbered.substr(end_of_basename + 1)) &&
         !name.starts_with('.') && name.find('/') == std::string_view::npos;
}

std::string temporary_name(std::string_view name) { return fmt::format(".{}{}{}", name, temporary_tag, ::getpid()); }

bool is_temporary_name(std::string_view name) {
  auto const tag = name.rfind(temporary_tag);
  return name.starts_with('.') && tag != std::string_view::npos && tag > 1 &&
         is_number(name.substr(tag + temporary_tag.size()));
}

bool is_run_folder_name(std::string_view name) { return !without(name, "run_", "").empty(); }

bool is_rank_folder_name(std::string_view name) { return is_number(without(name, "proc_", "")); }

bool is_output_file_name(std::string_view name) {
  if (name.ends_with(".part")) {
    name.remove_suffix(5);
  }
  return name == "out.h5" || name == "outsummary.txt" || name == ceiling_file_name ||
         is_number(without(name, "out", ".h5"));
}

}  // namespace lauebench
