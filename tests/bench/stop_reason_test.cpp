#include "bench/stop_reason.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lauebench {
namespace {

TEST(StopReason, IsNamedAndMeantAsTheSchemaSays) {
  std::ifstream file(std::filesystem::path(LAUEBENCH_SOURCE_DIR) / "configs/schema/results.schema.json");
  auto const schema = nlohmann::json::parse(file);
  auto const& entries = schema.at("/$defs/summary/properties/stopped/oneOf"_json_pointer);
  ASSERT_EQ(entries.size(), stop_reason_words.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].at("const"), stop_reason_words[i].name);
    EXPECT_EQ(entries[i].at("description"), stop_reason_words[i].meaning);
    EXPECT_EQ(entries[i].value("x-as-asked-for", false), stop_reason_words[i].is_as_asked_for);
  }
}

TEST(StopReason, HasItsOwnWords) {
  EXPECT_EQ(to_string(StopReason::runs), "runs");
  EXPECT_EQ(to_string(StopReason::max_runs), "max_runs");
  EXPECT_EQ(to_string(StopReason::interrupted), "interrupted");
  EXPECT_EQ(to_string(StopReason::error), stop_reason_words.back().name);
}

}  // namespace
}  // namespace lauebench
