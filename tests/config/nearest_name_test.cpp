#include "config/nearest_name.hpp"

#include <array>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

constexpr std::array<std::string_view, 5> names{"runs", "results", "resolution", "cpu-parallel", "h5"};

TEST(EditDistance, CountsTheFourKindsOfEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("abc", "abcd"), 1U);
  EXPECT_EQ(edit_distance("abc", "bc"), 1U);
  EXPECT_EQ(edit_distance("abc", "axc"), 1U);
  EXPECT_EQ(edit_distance("abcd", "acbd"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(NearestName, FindsMisspellings) {
  EXPECT_EQ(nearest_name("rusn", names), "runs");
  EXPECT_EQ(nearest_name("reslution", names), "resolution");
  EXPECT_EQ(nearest_name("cpu_parallel", names), "cpu-parallel");
  EXPECT_EQ(nearest_name("Results", names), "results");
}

TEST(NearestName, FindsUniqueBeginnings) {
  EXPECT_EQ(nearest_name("cpu", names), "cpu-parallel");
  EXPECT_EQ(nearest_name("res", names), std::nullopt);
}

TEST(NearestName, SaysNothingWhereNothingIsClose) {
  EXPECT_EQ(nearest_name("frobnicate", names), std::nullopt);
  EXPECT_EQ(nearest_name("xy", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(100'000, 'r'), names), std::nullopt);
}

TEST(SuggestName, AsksOrSaysSomethingElse) {
  EXPECT_EQ(suggest_name("rns", names, "--", "see the help"), "did you mean --runs?");
  EXPECT_EQ(suggest_name("frobnicate", names, "--", "see the help"), "see the help");
}

}  // namespace
}  // namespace lauebench
