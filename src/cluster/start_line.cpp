#include "cluster/start_line.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "cluster/monotonic_clock.hpp"

namespace lauebench {
namespace {

constexpr int barriers_to_measure = 5;
constexpr double barriers_ahead = 4.0;
constexpr double least_lead_s = 1e-3;
constexpr double most_lead_s = 0.1;
/// Sleeping ends up to some 0.1 ms late; the rest is spun.
constexpr double spin_s = 2e-4;

/// A double as text and back, without loss.
std::string to_text(double seconds) { return fmt::format("{}", seconds); }

double wait_until(double moment_s) {
  if (double const sleep_s = moment_s - spin_s - monotonic_s(); sleep_s > 0.0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(sleep_s));
  }
  double arrived_s = monotonic_s();
  while (arrived_s < moment_s) {
    arrived_s = monotonic_s();
  }
  return arrived_s;
}

/// Ranks come from work of unequal length: the first barrier collects them without burning CPU, the second lets them go
/// together.
void meet(Communicator& ranks) {
  ranks.barrier(Waiting::idle);
  ranks.barrier(Waiting::prompt);
}

double measure_lead_s(Communicator& ranks) {
  meet(ranks);
  double slowest_s = 0.0;
  for (int i = 0; i < barriers_to_measure; ++i) {
    double const before_s = monotonic_s();
    ranks.barrier(Waiting::prompt);
    slowest_s = std::max(slowest_s, monotonic_s() - before_s);
  }
  for (auto const& text : ranks.gather(to_text(slowest_s))) {
    slowest_s = std::max(slowest_s, std::stod(text));
  }
  return std::stod(ranks.broadcast(to_text(std::clamp(barriers_ahead * slowest_s, least_lead_s, most_lead_s))));
}

}  // namespace

StartLine::StartLine(Communicator& ranks, Nodes const& nodes)
    : ranks_(ranks), clocks_(ranks, nodes), lead_s_(measure_lead_s(ranks)) {}

CommonStart StartLine::wait() {
  // right before it is used: the older a reading, the more the clocks have run apart
  clocks_.measure();
  meet(ranks_);
  CommonStart start;
  start.timeline_s = std::stod(ranks_.broadcast(to_text(monotonic_s() + lead_s_), Waiting::prompt));
  start.start_s = clocks_.own().on_own_clock(start.timeline_s);
  start.late_s = wait_until(start.start_s) - start.start_s;
  return start;
}

}  // namespace lauebench
