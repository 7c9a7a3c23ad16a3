#include "reconstruct/phase_intervals.hpp"

#include <algorithm>

namespace lauebench {
namespace {

/// A stripe's wait and the handing over.
constexpr std::size_t per_stripe = 2;
/// Starting and ending, opening and closing beside the stripes.
constexpr std::size_t beside_stripes = 4;

}  // namespace

std::string_view to_string(Phase phase) {
  constexpr std::array<std::string_view, all_phases.size()> names{
      "open", "wait_read", "compute", "wait_write",     "fsync",        "close",
      "read", "kernel",    "write",   "copy_to_device", "copy_to_host", "decompress"};
  return names[static_cast<std::size_t>(phase)];
}

void PhaseIntervals::reserve(int stripes) {
  for (std::vector<Interval>& intervals : intervals_) {
    intervals.reserve(per_stripe * static_cast<std::size_t>(stripes) + beside_stripes);
  }
}

void PhaseIntervals::split_decompressing(double share) {
  for (Interval& reading : of(Phase::read)) {
    double const end_s = reading.end_s;
    reading.end_s -= share * reading.duration_s();
    of(Phase::decompress).push_back({reading.end_s, end_s});
  }
}

void PhaseIntervals::add_kernel(Interval const& whole, double copy_to_device_s, double kernel_s,
                                double copy_to_host_s) {
  double const kernel_begin_s = std::max(whole.begin_s, whole.end_s - copy_to_host_s - kernel_s);
  of(Phase::copy_to_device).push_back({whole.begin_s, whole.begin_s + copy_to_device_s});
  of(Phase::kernel).push_back({kernel_begin_s, kernel_begin_s + kernel_s});
  of(Phase::copy_to_host).push_back({whole.end_s - copy_to_host_s, whole.end_s});
}

}  // namespace lauebench
