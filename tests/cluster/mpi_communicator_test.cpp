#include "cluster/mpi_communicator.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "cluster/communicator.hpp"

namespace lauebench {
namespace {

/// A text in which every position tells, so that swapped or missing pieces show.
std::string long_text(std::size_t bytes, int seed) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) {
    text[i] = static_cast<char>((i * 131 + i / 251 + static_cast<std::size_t>(seed) * 17) & 0xffU);
  }
  return text;
}

double cpu_s() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  auto const seconds = [](timeval const& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

class MpiCommunicator : public testing::Test {
 protected:
  std::unique_ptr<Communicator> ranks_ = make_mpi_communicator();
};

TEST_F(MpiCommunicator, BroadcastBringsShortEmptyAndLongTexts) {
  for (auto const& text : {std::string(), std::string("one\0two", 7), long_text(5'000'001, 3)}) {
    std::string const mine = ranks_->is_root() ? text : std::string("other");
    EXPECT_EQ(ranks_->broadcast(mine), text);
    EXPECT_EQ(ranks_->broadcast(mine, Waiting::prompt), text);
  }
}

TEST_F(MpiCommunicator, GatherBringsTextsOfUnequalLengthsInOrder) {
  auto const text_of = [](int rank) {
    return rank % 2 == 1 ? std::string() : long_text(static_cast<std::size_t>(rank) * 700'001 + 5, rank);
  };
  auto const all = ranks_->gather(text_of(ranks_->rank()));
  if (!ranks_->is_root()) {
    EXPECT_TRUE(all.empty());
    return;
  }
  ASSERT_EQ(all.size(), static_cast<std::size_t>(ranks_->size()));
  for (int rank = 0; rank < ranks_->size(); ++rank) {
    EXPECT_EQ(all[static_cast<std::size_t>(rank)], text_of(rank)) << rank;
  }
}

TEST_F(MpiCommunicator, GatherOfNothingGivesOneEmptyTextPerRank) {
  auto const all = ranks_->gather("");
  EXPECT_EQ(all, std::vector<std::string>(ranks_->is_root() ? static_cast<std::size_t>(ranks_->size()) : 0U));
}

TEST_F(MpiCommunicator, NobodyPassesABarrierBeforeTheLastOneArrives) {
  auto const arrive_late = std::chrono::milliseconds(50) * (ranks_->size() - ranks_->rank());
  for (auto const waiting : {Waiting::idle, Waiting::prompt}) {
    // the monotonic clock is common on one node: rank 0 arrives last
    std::this_thread::sleep_for(arrive_late);
    auto const arrived = std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    ranks_->barrier(waiting);
    auto const left = std::chrono::steady_clock::now().time_since_epoch().count();
    EXPECT_GE(left, std::stoll(ranks_->broadcast(arrived)));
  }
}

TEST_F(MpiCommunicator, WaitingRanksLeaveTheCpuAlone) {
  ranks_->barrier();
  auto const began = std::chrono::steady_clock::now();
  double const cpu_before_s = cpu_s();
  if (ranks_->is_root()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  }
  ranks_->barrier(Waiting::idle);
  double const wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  double const part = (cpu_s() - cpu_before_s) / wall_s;
  RecordProperty("busy_part", std::to_string(part));
  EXPECT_LT(part, 0.10);
}

TEST_F(MpiCommunicator, RootsTextReachesAllRanks) {
  int calls = 0;
  EXPECT_EQ(on_root(*ranks_, [&calls] { return "call " + std::to_string(++calls); }), "call 1");
  EXPECT_EQ(calls, ranks_->is_root() ? 1 : 0);
}

TEST_F(MpiCommunicator, RootsErrorIsThrownOnAllRanksAndTheNextCallWorks) {
  try {
    static_cast<void>(
        on_root(*ranks_, []() -> std::string { throw bad_input("no such folder", "line 1", "make it"); }));
    ADD_FAILURE() << "nothing was thrown";
  } catch (AgreedError const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    EXPECT_STREQ(error.what(), "no such folder (line 1): make it");
  }
  EXPECT_EQ(ranks_->broadcast(ranks_->is_root() ? "still together" : ""), "still together");
}

TEST_F(MpiCommunicator, AnyRanksErrorReachesAllRanksAndTheLowestRanksCounts) {
  agree(*ranks_, std::nullopt);
  std::optional<Error> mine;
  int const last = ranks_->size() - 1;
  if (ranks_->rank() >= last / 2) {
    mine.emplace(ReturnCode::io_error, "rank " + std::to_string(ranks_->rank()), "why", "do");
  }
  try {
    agree(*ranks_, mine);
    ADD_FAILURE() << "nothing was thrown";
  } catch (AgreedError const& error) {
    EXPECT_EQ(error.code(), ReturnCode::io_error);
    EXPECT_EQ(std::string(error.what()), "rank " + std::to_string(last / 2) + " (why): do");
  }
}

TEST_F(MpiCommunicator, EveryRanksErrorIsKnownToAll) {
  std::optional<Error> mine;
  if (ranks_->rank() % 2 == 1) {
    mine.emplace(ReturnCode::io_error, "rank " + std::to_string(ranks_->rank()) + ", two\nlines");
  }
  auto const problems = gather_problems(*ranks_, mine);
  ASSERT_EQ(problems.size(), static_cast<std::size_t>(ranks_->size()));
  for (std::size_t rank = 0; rank < problems.size(); ++rank) {
    ASSERT_EQ(problems[rank].has_value(), rank % 2 == 1);
    if (problems[rank]) {
      EXPECT_EQ(problems[rank]->code(), ReturnCode::io_error);
      EXPECT_EQ(std::string(problems[rank]->what()), "rank " + std::to_string(rank) + ", two lines");
    }
  }
}

TEST_F(MpiCommunicator, OnAllRanksGivesEachItsOwnResultOrAllAnError) {
  auto const own = [this] { return 10 * ranks_->rank(); };
  EXPECT_EQ(on_all_ranks(*ranks_, own), 10 * ranks_->rank());
  auto const fails_on_last = [this] {
    if (ranks_->rank() == ranks_->size() - 1) {
      throw bad_input("no such folder", "line 1", "make it");
    }
    return 0;
  };
  EXPECT_THROW(static_cast<void>(on_all_ranks(*ranks_, fails_on_last)), AgreedError);
}

TEST_F(MpiCommunicator, WaitingBeyondTheLimitIsAnErrorThatNamesWhatItWasFor) {
  int const last = ranks_->size() - 1;
  if (ranks_->rank() == last) {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    ranks_->barrier();
  } else {
    LimitedWaits const limited(*ranks_, WaitLimit{0.05, "run 3 of cpu-p2-t1"});
    try {
      ranks_->barrier();
      ADD_FAILURE() << "nothing was thrown";
    } catch (AgreedError const&) {
      ADD_FAILURE() << "the others do not know of it";
    } catch (Error const& error) {
      EXPECT_EQ(error.code(), ReturnCode::reconstruction_error);
      EXPECT_NE(std::string(error.what()).find("for other ranks in run 3 of cpu-p2-t1"), std::string::npos);
    }
  }
  EXPECT_FALSE(ranks_->wait_limit().has_value());
  EXPECT_EQ(ranks_->broadcast(ranks_->is_root() ? "met" : ""), "met") << "without a limit nobody is too late";
  // in the place of abort(): what MPI still has under way for the barrier must not lose its communicator; volatile, so
  // that a leak checker finds it there
  [[maybe_unused]] static Communicator* volatile kept = nullptr;
  kept = ranks_.release();
}

TEST_F(MpiCommunicator, RanksOfOneMachineShareTheLowestRank) { EXPECT_EQ(ranks_->lowest_rank_on_node(), 0); }

}  // namespace
}  // namespace lauebench
