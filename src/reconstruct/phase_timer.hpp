#pragma once

#include <array>
#include <cstddef>

#include "cluster/monotonic_clock.hpp"
#include "reconstruct/phase_intervals.hpp"
#include "reconstruct/rank_outcome.hpp"

namespace lauebench {

/// Where the time of phases goes: to their sums, and interval by interval where these are asked for.
class PhaseAccount {
 public:
  // a sum alone is an account: tests of a stage need no more
  explicit PhaseAccount(PhaseTimes& sums, PhaseIntervals* intervals = nullptr) : sums_(sums), intervals_(intervals) {}

  void add(Phase phase, Interval const& interval) const {
    // decompress_s is a share of read_s, never timed by itself
    constexpr std::array timed{&PhaseTimes::open_s,           &PhaseTimes::wait_read_s,   &PhaseTimes::compute_s,
                               &PhaseTimes::wait_write_s,     &PhaseTimes::fsync_s,       &PhaseTimes::close_s,
                               &PhaseTimes::read_s,           &PhaseTimes::kernel_s,      &PhaseTimes::write_s,
                               &PhaseTimes::copy_to_device_s, &PhaseTimes::copy_to_host_s};
    sums_.*timed[static_cast<std::size_t>(phase)] += interval.duration_s();
    if (intervals_ != nullptr) {
      intervals_->of(phase).push_back(interval);
    }
  }

 private:
  PhaseTimes& sums_;
  PhaseIntervals* intervals_;
};

/// Adds the time until it is destroyed to a phase, which one thread alone may touch meanwhile.
class PhaseTimer {
 public:
  PhaseTimer(PhaseAccount const& account, Phase phase) : account_(account), phase_(phase), start_s_(monotonic_s()) {}
  ~PhaseTimer() { account_.add(phase_, {start_s_, monotonic_s()}); }
  PhaseTimer(PhaseTimer const&) = delete;
  PhaseTimer& operator=(PhaseTimer const&) = delete;

 private:
  PhaseAccount const& account_;
  Phase phase_;
  double start_s_;
};

}  // namespace lauebench
