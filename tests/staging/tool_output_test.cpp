#include "staging/tool_output.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

using testing::HasSubstr;

constexpr double long_enough_s = 60.0;

TEST(ToolOutput, HoldsWhatTheToolPrintsOnBothStreams) {
  ToolOutput const answer =
      ask_tool({"sh", "-c", "echo \"$1\"; echo two >&2; cat", "sh", "one $word *"}, long_enough_s);
  EXPECT_EQ(answer.text, "one $word *\ntwo\n") << "no shell looks at the arguments, and there is nothing to read";
  EXPECT_EQ(answer.problem, "");
}

TEST(ToolOutput, TellsWhyThereIsNoAnswer) {
  EXPECT_THAT(ask_tool({"laue-bench-no-such-tool"}, long_enough_s).problem, HasSubstr("No such file"));
  ToolOutput const failed = ask_tool({"sh", "-c", "echo not here; exit 3"}, long_enough_s);
  EXPECT_EQ(failed.problem, "it failed with status 3");
  EXPECT_EQ(failed.text, "not here\n");
  EXPECT_EQ(ask_tool({"sh", "-c", "kill -TERM $$"}, long_enough_s).problem, "it was ended by signal 15");
}

TEST(ToolOutput, DoesNotWaitForAToolThatHangs) {
  auto const begin = std::chrono::steady_clock::now();
  ToolOutput const answer = ask_tool({"sh", "-c", "echo first; sleep 600; echo late"}, 0.2);
  EXPECT_EQ(answer.problem, "it took longer than 0.2 s");
  EXPECT_EQ(answer.text, "first\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(300));
}

TEST(ToolOutput, IsCutWhereItIsEndless) {
  ToolOutput const answer = ask_tool({"sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x"}, long_enough_s);
  EXPECT_EQ(answer.text.size(), 65536U);
  EXPECT_EQ(answer.problem, "");
}

}  // namespace
}  // namespace lauebench
