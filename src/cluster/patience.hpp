#pragma once

#include <chrono>

#include "cluster/communicator.hpp"

namespace lauebench {

/// What a rank does between two looks at whether the others are there. A prompt one spins for the first 20 ms. Whoever
/// sleeps does so for a hundredth of the time that it has waited already, 1 us at least and 1 ms at most: it comes at
/// most 1 % late, and a long wait costs 1 to 2 % of a core (a look and a sleep take some 10 us of CPU time).
class Patience {
 public:
  explicit Patience(Waiting waiting);

  /// One pause.
  void wait();

  [[nodiscard]] double waited_s() const;

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::nanoseconds spin_;
};

}  // namespace lauebench
