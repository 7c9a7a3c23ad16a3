#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "config/error.hpp"

namespace lauebench::test {

/// `call` must throw an Error with this code, on one line of the form "problem (why): what to do", that contains all
/// `parts`.
template <class Call>
void expect_error(Call&& call, ReturnCode code, std::vector<std::string> const& parts) {
  try {
    call();
    ADD_FAILURE() << "no error, but expected one with '" << (parts.empty() ? "" : parts.front()) << "'";
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
