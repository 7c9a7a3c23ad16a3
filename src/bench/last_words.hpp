#pragma once

#include <thread>

#include "bench/ledger.hpp"
#include "cluster/communicator.hpp"

namespace lauebench {

/// The care for a launch to which a signal came while a system call keeps some rank from hearing of it. A thread of its
/// own writes summaries and `end` while there is time for it, and ends the launch (Communicator::abort) when nobody
/// else does; times_after_signal says when. It sleeps until a signal (Interruption) comes.
class LastWords {
 public:
  /// `ledger`: of rank 0, once there is one; null: nothing is written. Both outlive it.
  LastWords(Communicator& ranks, Ledger* ledger);
  /// When the launch has heard of the signal, or none came. What is being written is written first.
  ~LastWords();
  LastWords(LastWords const&) = delete;
  LastWords& operator=(LastWords const&) = delete;

 private:
  void wait_and_act(std::stop_token const& stop);
  /// Whether the launch goes its way before so many seconds after the signal have passed.
  static bool is_over_within(double seconds, std::stop_token const& stop);
  void write() const;

  Communicator& ranks_;
  Ledger* ledger_;
  std::jthread thread_;  ///< the last member: it ends before what it uses
};

}  // namespace lauebench
