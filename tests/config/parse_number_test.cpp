#include "config/parse_number.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(ParseNumber, TakesTheWholeText) {
  EXPECT_EQ(parse_number<int>("-12").value, -12);
  EXPECT_EQ(parse_number<double>("1e3").value, 1000.0);
  for (std::string_view const text : {"", " 1", "1 ", "1x", "0x10", "+1", "--1"}) {
    EXPECT_EQ(parse_number<int>(text).problem, NumberProblem::malformed) << text;
  }
  for (std::string_view const text : {"", "nan", "inf", "-inf", "1,5", "1.5.", "."}) {
    EXPECT_EQ(parse_number<double>(text).problem, NumberProblem::malformed) << text;
  }
}

TEST(ParseNumber, TellsNumbersThatDoNotFitApart) {
  EXPECT_EQ(parse_number<int>("2147483647").value, std::numeric_limits<int>::max());
  EXPECT_EQ(parse_number<int>("2147483648").problem, NumberProblem::out_of_range);
  EXPECT_EQ(parse_number<double>("1e400").problem, NumberProblem::out_of_range);
}

}  // namespace
}  // namespace lauebench
