#include "cluster/communicator.hpp"

#include <new>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SerialCommunicator, IsOneRankThatTalksToItself) {
  auto const ranks = make_serial_communicator();
  EXPECT_EQ(ranks->rank(), 0);
  EXPECT_EQ(ranks->size(), 1);
  EXPECT_TRUE(ranks->is_root());
  ranks->barrier();
  EXPECT_EQ(ranks->broadcast("text"), "text");
  EXPECT_THAT(ranks->gather("mine"), ElementsAre("mine"));
  EXPECT_EQ(ranks->lowest_rank_on_node(), 0);
}

TEST(SerialCommunicator, AbortEndsTheProcessWithTheStatus) {
  EXPECT_EXIT(make_serial_communicator()->abort(3), testing::ExitedWithCode(3), "");
}

TEST(OnRoot, ReturnsWhatTheActionReturnsWithAllItsBytes) {
  auto const ranks = make_serial_communicator();
  std::string const bytes("0 a\0\n b", 7);
  EXPECT_EQ(on_root(*ranks, [&bytes] { return std::string(bytes); }), bytes);
  EXPECT_EQ(on_root(*ranks, [] { return std::string(); }), "");
}

template <class Action>
void expect_agreed(Action const& action, ReturnCode code, std::string const& text) {
  auto const ranks = make_serial_communicator();
  try {
    static_cast<void>(on_root(*ranks, action));
    ADD_FAILURE() << "nothing was thrown";
  } catch (AgreedError const& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), HasSubstr(text));
  }
}

TEST(OnRoot, TurnsWhatIsThrownIntoAnAgreedError) {
  expect_agreed([]() -> std::string { throw bad_input("a", "b", "c"); }, ReturnCode::bad_input, "a (b): c");
  expect_agreed([]() -> std::string { throw std::bad_alloc(); }, ReturnCode::out_of_memory, "memory");
  expect_agreed([]() -> std::string { throw std::logic_error("a slip"); }, ReturnCode::reconstruction_error, "a slip");
}

TEST(Agree, ThrowsTheErrorThatThereIsAndNothingElse) {
  auto const ranks = make_serial_communicator();
  agree(*ranks, std::nullopt);
  EXPECT_THROW(agree(*ranks, bad_input("a", "b", "c")), AgreedError);
}

}  // namespace
}  // namespace lauebench
