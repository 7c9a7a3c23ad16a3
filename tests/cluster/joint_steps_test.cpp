#include "cluster/joint_steps.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/root_rank.hpp"

namespace lauebench {
namespace {

/// One of two ranks; the other never comes.
class Deserted final : public test::RootRank {
 public:
  Deserted() : RootRank(2) {}
  [[nodiscard]] std::vector<std::string> gather(std::string const& /*text*/) override {
    ++waits;
    throw Error(ReturnCode::reconstruction_error, "the launch hangs", "nobody came", "look at the nodes");
  }

  int waits = 0;
};

TEST(JointSteps, WaitInVainOnce) {
  Deserted ranks;
  JointSteps steps(ranks);
  EXPECT_FALSE(steps.has_lost_ranks());
  EXPECT_THROW(steps.meet(), Error);
  EXPECT_TRUE(steps.has_lost_ranks());
  steps.give_up({ReturnCode::io_error, "a problem", "of its own", "mend it"});
  EXPECT_THROW(steps.meet(), Error);
  EXPECT_EQ(ranks.waits, 1) << "nobody listens any more";
}

TEST(JointSteps, GivingUpInVainIsNoError) {
  Deserted ranks;
  JointSteps steps(ranks);
  steps.give_up({ReturnCode::io_error, "a problem", "of its own", "mend it"});
  EXPECT_TRUE(steps.has_lost_ranks());
}

TEST(JointSteps, NobodyIsToldAfterTheLast) {
  Deserted ranks;
  JointSteps steps(ranks);
  steps.finish();
  steps.give_up({ReturnCode::io_error, "a problem", "of its own", "mend it"});
  EXPECT_EQ(ranks.waits, 0);
  EXPECT_FALSE(steps.has_lost_ranks());
}

}  // namespace
}  // namespace lauebench
