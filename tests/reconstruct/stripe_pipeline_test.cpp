#include "reconstruct/stripe_pipeline.hpp"

#include <atomic>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/module.hpp"

namespace lauebench {
namespace {

constexpr StripePlan five_stripes{3, 5, 2};
constexpr int thirteen_rows = 13;

void pause_ms(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

/// Stages that carry a row's number from frames to images and note what came out.
struct CarryRows {
  std::vector<int> written;
  std::vector<int> rows_read;  ///< by each call of the first stage
  StripeStages stages{[this](FrameBand const& band) {
                        rows_read.push_back(band.rows);
                        for (int row = 0; row < band.rows; ++row) {
                          band.frames[static_cast<std::size_t>(row)] = static_cast<std::byte>(band.first_row + row);
                        }
                      },
                      [](StripeWork const& work) {
                        auto const above = static_cast<std::size_t>(work.first_row - work.band.first_row);
                        for (std::size_t i = 0; i < work.images.size(); ++i) {
                          work.images[i] = work.band.frames[above + i / 2];
                        }
                      },
                      [this](StripeWork const& work) {
                        for (std::byte const byte : work.images) {
                          written.push_back(static_cast<int>(byte));
                        }
                      }};
};

TEST(StripePipeline, CarriesEveryRowThroughAllStagesInOrder) {
  CarryRows carry;
  PhaseTimes times;
  StripePipeline(thirteen_rows, five_stripes, {1, 2}, test::openmp_backend()).run(carry.stages, PhaseAccount(times));
  std::vector<int> expected;
  for (int row = 0; row < thirteen_rows; ++row) {
    expected.insert(expected.end(), {row, row});
  }
  EXPECT_EQ(carry.written, expected);
}

TEST(StripePipeline, ABandIsReadAtOnceAndComputedStripeByStripe) {
  using Rows = std::vector<int>;
  for (auto const& [stripes_per_read, rows] : {std::pair{2, Rows{6, 6, 1}}, {3, Rows{9, 4}}, {5, Rows{13}}}) {
    CarryRows carry;
    PhaseTimes times;
    StripePipeline(thirteen_rows, {3, 5, 2, stripes_per_read}, {1, 2}, test::openmp_backend())
        .run(carry.stages, PhaseAccount(times));
    std::vector<int> expected;
    for (int row = 0; row < thirteen_rows; ++row) {
      expected.insert(expected.end(), {row, row});
    }
    EXPECT_EQ(carry.written, expected);
    EXPECT_EQ(carry.rows_read, rows);
  }
}

TEST(StripePipeline, OneStripeNeedsOneBuffer) {
  CarryRows carry;
  PhaseTimes times;
  StripePipeline(2, {2, 1, 1}, {1, 2}, test::openmp_backend()).run(carry.stages, PhaseAccount(times));
  EXPECT_EQ(carry.written, (std::vector<int>{0, 0, 1, 1}));
}

// Which phase a delay shows in, as measurement.md has it: in the busy time of its own stage and in the wait for it.
struct Delays {
  int read_ms = 0;
  int compute_ms = 0;
  int write_ms = 0;
};

PhaseTimes times_with(Delays const& delays) {
  StripeStages const stages{[&](FrameBand const&) { pause_ms(delays.read_ms); },
                            [&](StripeWork const&) { pause_ms(delays.compute_ms); },
                            [&](StripeWork const&) { pause_ms(delays.write_ms); }};
  PhaseTimes times;
  StripePipeline(thirteen_rows, five_stripes, {1, 2}, test::openmp_backend()).run(stages, PhaseAccount(times));
  return times;
}

TEST(StripePipeline, ASlowReaderShowsInReadingAndTheWaitForIt) {
  PhaseTimes const times = times_with({.read_ms = 20});
  EXPECT_GT(times.wait_read_s, 0.8 * times.read_s);
  EXPECT_LT(times.write_s + times.wait_write_s, 0.2 * times.read_s);
}

TEST(StripePipeline, ASlowWriterShowsInWritingAndTheWaitForIt) {
  PhaseTimes const times = times_with({.write_ms = 20});
  EXPECT_GT(times.wait_write_s, 0.8 * times.write_s);
  EXPECT_LT(times.read_s + times.wait_read_s, 0.2 * times.write_s);
}

TEST(StripePipeline, ReadingAndWritingHideBehindComputing) {
  PhaseTimes const times = times_with({.read_ms = 10, .compute_ms = 40, .write_ms = 10});
  EXPECT_LT(times.wait_read_s, 0.6 * times.read_s);    // the first stripe's alone
  EXPECT_LT(times.wait_write_s, 0.6 * times.write_s);  // the last stripe's alone
}

class FailingStage : public testing::TestWithParam<std::string> {};

TEST_P(FailingStage, ItsErrorComesBackAndNothingHangs) {
  auto const fail_at_second = [](std::string const& stage) {
    return [stage](auto const& work) {
      if (stage == GetParam() && work.first_row == 3) {
        throw std::runtime_error(stage + " failed");
      }
    };
  };
  std::atomic<int> written = 0;
  auto const fail_writing = fail_at_second("write");
  StripeStages const stages{fail_at_second("read"), fail_at_second("compute"), [&](StripeWork const& work) {
                              fail_writing(work);
                              ++written;
                            }};
  PhaseTimes times;
  try {
    StripePipeline(thirteen_rows, five_stripes, {1, 2}, test::openmp_backend()).run(stages, PhaseAccount(times));
    FAIL() << "no error";
  } catch (std::runtime_error const& error) {
    EXPECT_EQ(error.what(), GetParam() + " failed");
  }
  EXPECT_LE(written, 1) << "a stripe behind the error was written";
}

INSTANTIATE_TEST_SUITE_P(Each, FailingStage, testing::Values("read", "compute", "write"),
                         [](auto const& stage) { return stage.param; });

}  // namespace
}  // namespace lauebench
