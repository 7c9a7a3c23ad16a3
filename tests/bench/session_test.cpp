#include "bench/session.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Session, LabelIsUtcInTheFormOfTheRecords) {
  WallTime const moment{seconds(1755010862)};
  EXPECT_EQ(utc_label(moment), "20250812T150102Z");
}

TEST(Session, LabelCutsFractionsInsteadOfRoundingThemUp) {
  WallTime const moment{seconds(1755010862) + milliseconds(999)};
  EXPECT_EQ(utc_label(moment), "20250812T150102Z");
}

TEST(Session, UnixTimeKeepsTheFraction) {
  WallTime const moment{seconds(1755010862) + milliseconds(250)};
  EXPECT_DOUBLE_EQ(unix_time_s(moment), 1755010862.25);
}

TEST(Session, SessionIdIsAUuidOfVersionFourAndNeverTheSame) {
  std::string const id = make_session_id();
  EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(id, make_session_id());
}

TEST(Session, SeedsFitIntoADouble) {
  for (int i = 0; i < 100; ++i) {
    std::uint64_t const seed = draw_seed();
    EXPECT_EQ(static_cast<std::uint64_t>(static_cast<double>(seed)), seed);
  }
}

TEST(Session, RunIdIsLabelAndCounter) { EXPECT_EQ(make_run_id("20250812T150102Z", 7), "20250812T150102Z-7"); }

}  // namespace
}  // namespace lauebench
