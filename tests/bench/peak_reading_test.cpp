#include "bench/peak_reading.hpp"

#include <atomic>
#include <cstdint>
#include <thread>
#include <variant>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

constexpr double often_s = 1e-4;
constexpr double never_s = 3600.0;

TEST(PeakReading, FindsWhatIsOverBeforeTheEnd) {
  std::atomic<std::uint64_t> in_use{100};
  std::atomic<int> asked{0};
  PeakReading peak(
      [&in_use, &asked] {
        ++asked;
        return in_use.load();
      },
      often_s);
  in_use = 700;
  for (int const before = asked; asked < before + 2;) {
    std::this_thread::yield();
  }
  in_use = 200;
  EXPECT_EQ(std::get<std::uint64_t>(peak.end()), 700U);
}

TEST(PeakReading, AsksAtStartAndEndHoweverLongTheInterval) {
  std::uint64_t answer = 10;
  PeakReading rising([&answer] { return answer++; }, never_s);
  EXPECT_EQ(std::get<std::uint64_t>(rising.end()), 11U);
  PeakReading falling([&answer] { return answer--; }, never_s);
  EXPECT_EQ(std::get<std::uint64_t>(falling.end()), 12U);
}

TEST(PeakReading, OneQuestionWithoutAnswerMakesItUnknown) {
  int asked = 0;
  PeakReading peak(
      [&asked]() -> Reading<std::uint64_t> {
        ++asked;
        return asked == 1 ? Reading<std::uint64_t>(Unknown{"the first time"}) : std::uint64_t{5};
      },
      never_s);
  EXPECT_EQ(std::get<Unknown>(peak.end()).reason, "the first time");
}

}  // namespace
}  // namespace lauebench
