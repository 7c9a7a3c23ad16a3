#include "config/json_file.hpp"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

class JsonFile : public testing::Test {
 protected:
  Json read(std::string const& text) {
    std::ofstream{folder_ / "file.json"} << text;
    return read_json_object(folder_ / "file.json", {"settings file", "--settings"});
  }

  std::string problem(std::string const& text) {
    try {
      static_cast<void>(read(text));
    } catch (Error const& error) {
      EXPECT_EQ(error.code(), ReturnCode::bad_input);
      return error.what();
    }
    return "";
  }

  test::TemporaryFolder const folder_;
};

TEST_F(JsonFile, SameKeyInDifferentObjectsIsNoRepetition) {
  Json const object = read(R"({"a": {"x": 1, "y": [{"x": 2}, {"x": 3}]}, "b": {"x": 4}, "//": 1, "//": 2})");
  EXPECT_EQ(object.at("a").at("y").at(1).at("x"), 3);
  EXPECT_EQ(object.at("b").at("x"), 4);
}

TEST_F(JsonFile, RepeatedKeyIsRefusedAtEveryDepth) {
  EXPECT_THAT(problem(R"({"a": 1, "a": 2})"), testing::HasSubstr("key 'a' stands twice"));
  EXPECT_THAT(problem(R"({"a": {"x": 1, "y": {}, "x": 2}})"), testing::HasSubstr("key 'x' stands twice"));
  EXPECT_THAT(problem(R"({"a": {"b": 1}, "c": 1, "a": 2})"), testing::HasSubstr("key 'a' stands twice"));
}

/// {"a": [[...]]} of this many arrays.
std::string nested(std::size_t arrays) {
  return R"({"a": )" + std::string(arrays, '[') + std::string(arrays, ']') + '}';
}

TEST_F(JsonFile, NestingIsBoundedBeforeItTakesTheStack) {
  EXPECT_EQ(read(nested(deepest_json - 1)).at("a").size(), 1U);
  EXPECT_THAT(problem(nested(1'000'000)), testing::HasSubstr("nested more than 64 levels deep"));
  EXPECT_THAT(problem(std::string(1'000'000, '[')), testing::HasSubstr("nested more than 64 levels deep"));
}

TEST_F(JsonFile, MessagesNameTheFileByItsRole) {
  EXPECT_THAT(problem("[1]"), testing::StartsWith("settings file "));
  EXPECT_THAT(problem("{"), testing::HasSubstr("is not valid JSON"));
  EXPECT_THROW(static_cast<void>(read_json_object(folder_ / "none.json", {"settings file", "--settings"})), Error);
}

}  // namespace
}  // namespace lauebench
