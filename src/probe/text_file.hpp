#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Small files of procfs and sysfs.
namespace lauebench {

/// The whole text; empty where it cannot be read.
[[nodiscard]] inline std::string text_of(std::filesystem::path const& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// The file's first word or number; nothing where it cannot be read.
template <class Value>
[[nodiscard]] std::optional<Value> value_in(std::filesystem::path const& path) {
  std::ifstream stream(path);
  Value value{};
  return stream >> value ? std::optional(value) : std::nullopt;
}

/// The value of the first line "key : value" of a text, without blanks around it.
[[nodiscard]] std::optional<std::string> value_of(std::string_view text, std::string_view key);

/// What lies in a folder, sorted by name; empty where it cannot be looked into.
[[nodiscard]] std::vector<std::filesystem::path> entries_of(std::filesystem::path const& folder);

}  // namespace lauebench
