#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lauebench {

/// What a reconstruction's time is told of, see PhaseTimes: the pipeline thread's phases, then those that may overlap
/// with them.
enum class Phase : std::uint8_t {
  open,
  wait_read,
  compute,
  wait_write,
  fsync,
  close,
  read,
  kernel,
  write,
  copy_to_device,
  copy_to_host,
  decompress,
};

inline constexpr std::array all_phases{Phase::open,  Phase::wait_read,      Phase::compute,      Phase::wait_write,
                                       Phase::fsync, Phase::close,          Phase::read,         Phase::kernel,
                                       Phase::write, Phase::copy_to_device, Phase::copy_to_host, Phase::decompress};

/// As the members of PhaseTimes, without the unit.
[[nodiscard]] std::string_view to_string(Phase phase);

/// Whether a phase is the pipeline thread's: these never overlap.
[[nodiscard]] constexpr bool is_of_pipeline(Phase phase) { return phase <= Phase::close; }

/// Seconds on one clock.
struct Interval {
  double begin_s = 0.0;
  double end_s = 0.0;

  [[nodiscard]] double duration_s() const { return end_s - begin_s; }
};

/// When each phase was at work. Intervals of a phase are in order and do not overlap; one thread alone adds to it.
class PhaseIntervals {
 public:
  [[nodiscard]] std::vector<Interval>& of(Phase phase) { return intervals_[static_cast<std::size_t>(phase)]; }
  [[nodiscard]] std::vector<Interval> const& of(Phase phase) const {
    return intervals_[static_cast<std::size_t>(phase)];
  }

  /// So that nothing is allocated while stripes are timed: room for two intervals of each phase per stripe, and a few.
  void reserve(int stripes);

  /// Cuts each interval of reading so that its last `share` becomes decompressing. The two alternate faster than is
  /// told: their sums are measured, their places within the interval are not.
  void split_decompressing(double share);

  /// Adds the seconds that a kernel and its copies were busy within `whole`: copies in from its beginning, copies out
  /// up to its end, the kernel before these. Where blocks overlap the module tells no more than seconds.
  void add_kernel(Interval const& whole, double copy_to_device_s, double kernel_s, double copy_to_host_s);

 private:
  std::array<std::vector<Interval>, all_phases.size()> intervals_;
};

}  // namespace lauebench
