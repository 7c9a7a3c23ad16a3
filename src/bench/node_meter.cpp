#include "bench/node_meter.hpp"

#include "cluster/monotonic_clock.hpp"

namespace lauebench {

NodeMeter::NodeMeter(RankPlace const& place) {
  if (place.local_rank == 0) {
    use_.emplace().host = place.host;
  }
}

void NodeMeter::begin() {
  if (!use_) {
    return;
  }
  use_->at_start = read_cpu_state();
  counters_ = read_package_counters();
  begin_s_ = monotonic_s();
}

void NodeMeter::end() {
  if (!use_) {
    return;
  }
  double const end_s = monotonic_s();
  PackageCounters const counters = read_package_counters();
  use_->seconds = end_s - begin_s_;
  use_->cpu_package_j = package_joules(counters_, counters, use_->seconds);
  use_->at_end = read_cpu_state();
}

}  // namespace lauebench
