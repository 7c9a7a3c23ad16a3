#pragma once

#include "cluster/monotonic_clock.hpp"

namespace lauebench {

/// Adds the seconds until it is destroyed to a phase, which one thread alone may touch meanwhile.
class PhaseTimer {
 public:
  explicit PhaseTimer(double& phase_s) : phase_s_(phase_s), start_s_(monotonic_s()) {}
  ~PhaseTimer() { phase_s_ += monotonic_s() - start_s_; }
  PhaseTimer(PhaseTimer const&) = delete;
  PhaseTimer& operator=(PhaseTimer const&) = delete;

 private:
  double& phase_s_;
  double start_s_;
};

}  // namespace lauebench
