#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "bench/ledger.hpp"
#include "cluster/communicator.hpp"

namespace lauebench {

/// Rank 0's care for the records where a signal came and a system call keeps some rank from hearing of it: a thread of
/// its own writes the summaries and `end` while there is time for it. Where no launcher is about to kill the ranks, it
/// then ends the launch (Communicator::abort). It sleeps until a signal (Interruption) comes.
class LastWords {
 public:
  /// Both must outlive it.
  LastWords(Ledger& ledger, Communicator& ranks);
  /// When the launch has heard of the signal, or none came. What is being written is written first.
  ~LastWords();
  LastWords(LastWords const&) = delete;
  LastWords& operator=(LastWords const&) = delete;

 private:
  void wait_and_write(std::stop_token const& stop);

  Ledger& ledger_;
  Communicator& ranks_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  ///< the last member: it ends before what it uses
};

}  // namespace lauebench
