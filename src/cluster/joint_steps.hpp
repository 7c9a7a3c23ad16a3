#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/communicator.hpp"

namespace lauebench {

/// Steps that ranks take together, in the same order, each agreed on before it begins: a rank that cannot go on says so
/// in the place of its next step, so that no other one waits for it in a collective call. One thread at a time.
class JointSteps {
 public:
  /// `ranks` outlive it.
  explicit JointSteps(Communicator& ranks) : ranks_(ranks) {}

  /// Waits until all ranks have come to the next step, and returns each one's `line` (without newline) in their order.
  /// Throws AgreedError on every rank, with the error of the lowest that has given up; Error (reconstruction_error)
  /// where the wait outlives the communicator's limit. Either way the ranks take no further step together.
  std::vector<std::string> meet(std::string const& line = {});

  /// Meets the others as one that cannot go on. Does nothing when the ranks go together no more.
  void give_up(Error const& why) noexcept;

  /// A call that all ranks are in has failed on this one. The others may never leave it (ROMIO's collective reads), so
  /// that giving up waits for them for half a minute at most.
  void doubt_others();

  /// After the last step.
  void finish() { state_ = State::apart; }

  /// Whether somebody waited in vain: no collective call can follow.
  [[nodiscard]] bool has_lost_ranks() const { return state_ == State::lost; }

 private:
  enum class State : std::uint8_t { together, apart, lost };

  Communicator& ranks_;
  State state_ = State::together;
};

}  // namespace lauebench
