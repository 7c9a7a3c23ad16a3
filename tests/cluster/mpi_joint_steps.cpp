#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/joint_steps.hpp"
#include "cluster/mpi_communicator.hpp"

namespace lauebench {
namespace {

TEST(MpiJointSteps, PartsHaveTheRanksThatGiveAPlaceInItsOrder) {
  auto const ranks = make_mpi_communicator();
  bool const is_even = ranks->rank() % 2 == 0;
  auto const even = ranks->part(is_even ? std::optional(Seat{ranks->size() - ranks->rank()}) : std::nullopt);
  ASSERT_EQ(even != nullptr, is_even);
  if (even) {
    EXPECT_EQ(even->size(), (ranks->size() + 1) / 2);
    EXPECT_EQ(even->rank(), even->size() - 1 - ranks->rank() / 2);
  }
}

TEST(MpiJointSteps, TellEachRanksLineToAll) {
  auto const ranks = make_mpi_communicator();
  JointSteps steps(*ranks);
  std::vector<std::string> expected;
  expected.reserve(static_cast<std::size_t>(ranks->size()));
  for (int rank = 0; rank < ranks->size(); ++rank) {
    expected.push_back("line of " + std::to_string(rank));
  }
  EXPECT_EQ(steps.meet("line of " + std::to_string(ranks->rank())), expected);
  EXPECT_EQ(steps.meet(), std::vector<std::string>(expected.size()));
}

TEST(MpiJointSteps, OneThatGivesUpEndsThemForAllWithItsError) {
  auto const ranks = make_mpi_communicator();
  int const failing = ranks->size() - 1;
  JointSteps steps(*ranks);
  steps.meet();
  if (ranks->rank() == failing) {
    steps.give_up({ReturnCode::out_of_memory, "no memory", "it is small", "buy more"});
    steps.give_up({ReturnCode::io_error, "again", "nobody listens", "stop"});
  } else {
    try {
      steps.meet();
      FAIL() << "rank " << failing << " has given up";
    } catch (AgreedError const& error) {
      EXPECT_EQ(error.code(), ReturnCode::out_of_memory);
      EXPECT_EQ(error.what(), "rank " + std::to_string(failing) +
                                  " of those that use a file together gave up: no memory (it is small): buy more");
    }
    steps.give_up({ReturnCode::io_error, "afterwards", "nobody listens", "stop"});
  }
  EXPECT_THROW(steps.meet(), Error);
  EXPECT_FALSE(steps.has_lost_ranks());
  EXPECT_EQ(gather_on_all(*ranks, "on").size(), static_cast<std::size_t>(ranks->size())) << "no message is left over";
}

}  // namespace
}  // namespace lauebench
