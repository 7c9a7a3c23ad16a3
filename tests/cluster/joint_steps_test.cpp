#include "cluster/joint_steps.hpp"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

/// One of two ranks; the other never comes.
class Deserted final : public Communicator {
 public:
  using Communicator::barrier;
  using Communicator::broadcast;
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 2; }
  void barrier(Waiting /*waiting*/) override {}
  [[nodiscard]] std::string broadcast(std::string text, Waiting /*waiting*/) override { return text; }
  [[nodiscard]] std::vector<std::string> gather(std::string const& /*text*/) override {
    ++waits;
    throw Error(ReturnCode::reconstruction_error, "the launch hangs", "nobody came", "look at the nodes");
  }
  void send(int /*to*/, double /*number*/) override {}
  [[nodiscard]] double receive(int /*from*/) override { return 0.0; }
  [[nodiscard]] int lowest_rank_on_node() override { return 0; }
  [[nodiscard]] std::unique_ptr<Communicator> part(std::optional<int> /*place*/) override { return nullptr; }
  [[nodiscard]] void const* native() const override { return nullptr; }
  [[noreturn]] void abort(int status) override { std::exit(status); }

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
