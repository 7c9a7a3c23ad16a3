#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "config/error.hpp"

namespace lauebench::test {

inline void write(std::filesystem::path const& file, std::string const& content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

inline std::string read(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Everything below a folder, links not followed: relative path to content, link target, or "folder".
inline std::map<std::string, std::string> snapshot(std::filesystem::path const& folder) {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> found;
  for (auto const& entry : fs::recursive_directory_iterator(folder)) {
    auto const name = entry.path().lexically_relative(folder).string();
    if (entry.is_symlink()) {
      found[name] = "-> " + fs::read_symlink(entry.path()).string();
    } else {
      found[name] = entry.is_directory() ? "folder" : read(entry.path());
    }
  }
  return found;
}

/// `call` must throw an Error with this code, on one line "problem (why): what to do", that contains all `parts`.
template <class Call>
void expect_error(Call&& call, ReturnCode code, std::vector<std::string> const& parts) {
  try {
    std::forward<Call>(call)();
    ADD_FAILURE() << "no error";
  } catch (Error const& error) {
    std::string const text = error.what();
    EXPECT_EQ(error.code(), code) << text;
    for (auto const& part : parts) {
      EXPECT_THAT(text, testing::HasSubstr(part));
    }
    EXPECT_THAT(text, testing::MatchesRegex(".+ \\(.+\\): .+"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("\n")));
  }
}

}  // namespace lauebench::test
