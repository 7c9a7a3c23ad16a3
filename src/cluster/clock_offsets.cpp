#include "cluster/clock_offsets.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cluster/monotonic_clock.hpp"

namespace lauebench {
namespace {

/// A shortest exchange is believed when this many took about as long.
constexpr int confirmations = 3;
constexpr double about_as_long = 1.5;
/// Where ranks share cores with others, or a network is busy, few exchanges are undisturbed.
constexpr int most_exchanges = 200;

/// What the asker sends.
constexpr double once_more = 1.0;
constexpr double enough = 0.0;

/// Rank 0's part: it tells its clock as often as it is asked.
void tell_clock(Communicator& ranks, int asker) {
  while (ranks.receive(asker) == once_more) {
    ranks.send(asker, monotonic_s());
  }
}

ClockReading exchange_once(Communicator& ranks) {
  double const asked_s = monotonic_s();
  ranks.send(0, once_more);
  double const told_s = ranks.receive(0);
  double const round_trip_s = monotonic_s() - asked_s;
  double const middle_s = asked_s + 0.5 * round_trip_s;
  return {middle_s, middle_s - told_s, round_trip_s};
}

/// The less time an exchange takes, the less its two ways can differ. `known_s` is the shortest round trip of the
/// readings before.
ClockReading ask_for_clock(Communicator& ranks, double known_s) {
  std::vector<ClockReading> readings;
  auto const shortest = [&readings] { return std::ranges::min(readings, {}, &ClockReading::round_trip_s); };
  auto const is_confirmed = [&] {
    double const limit_s = about_as_long * std::min(known_s, shortest().round_trip_s);
    return std::ranges::count_if(readings, [limit_s](ClockReading const& reading) {
             return reading.round_trip_s <= limit_s;
           }) >= confirmations;
  };
  do {
    readings.push_back(exchange_once(ranks));
  } while (!is_confirmed() && readings.size() < most_exchanges);
  ranks.send(0, enough);
  return shortest();
}

std::string to_text(ClockReading const& reading) {
  return fmt::format("{} {} {}", reading.own_s, reading.offset_s, reading.round_trip_s);
}

ClockReading reading_from(std::string const& text) {
  std::istringstream words(text);
  std::string own;
  std::string offset;
  std::string round_trip;
  words >> own >> offset >> round_trip;
  return {std::stod(own), std::stod(offset), std::stod(round_trip)};
}

std::vector<int> leaders_of(Nodes const& nodes) {
  std::vector<int> leaders;
  for (std::size_t rank = 0; rank < nodes.ranks.size(); ++rank) {
    if (nodes.ranks[rank].local_rank == 0) {
      leaders.push_back(static_cast<int>(rank));  // nodes are numbered in this order
    }
  }
  return leaders;
}

}  // namespace

void NodeClock::add(ClockReading const& reading) {
  if (readings_ == 0) {
    first_ = reading;
  }
  last_but_one_ = readings_ == 0 ? reading : last_;
  last_ = reading;
  shortest_round_trip_s_ = std::min(shortest_round_trip_s_, reading.round_trip_s);
  ++readings_;
}

double NodeClock::on_timeline(double own_s) const {
  double const between_s = last_.own_s - last_but_one_.own_s;
  double const grown_s = last_.offset_s - last_but_one_.offset_s;
  double const share = between_s > 0.0 ? (own_s - last_but_one_.own_s) / between_s : 0.0;
  return own_s - (last_but_one_.offset_s + share * grown_s);
}

std::optional<double> NodeClock::drift() const {
  return between_s() > 0.0 ? std::optional((last_.offset_s - first_.offset_s) / between_s()) : std::nullopt;
}

std::optional<double> NodeClock::drift_uncertainty() const {
  return between_s() > 0.0 ? std::optional(0.5 * (first_.round_trip_s + last_.round_trip_s) / between_s())
                           : std::nullopt;
}

ClockOffsets::ClockOffsets(Communicator& ranks, Nodes const& nodes)
    : ranks_(ranks),
      leaders_(leaders_of(nodes)),
      own_node_(nodes.ranks[static_cast<std::size_t>(ranks.rank())].node),
      clocks_(leaders_.size()) {}

NodeClock const& ClockOffsets::own() const { return clocks_[static_cast<std::size_t>(own_node_)]; }

std::optional<ClockReading> ClockOffsets::exchange(int leader) const {
  if (ranks_.is_root()) {
    tell_clock(ranks_, leader);
  } else if (ranks_.rank() == leader) {
    return ask_for_clock(ranks_, own().shortest_round_trip_s());
  }
  return std::nullopt;
}

std::optional<ClockReading> ClockOffsets::exchange_all() const {
  std::optional<ClockReading> mine;
  for (int const leader : leaders_) {
    if (leader != 0) {
      if (auto const reading = exchange(leader)) {
        mine = reading;
      }
    }
  }
  return mine;
}

void ClockOffsets::measure() {
  if (leaders_.size() == 1) {
    return;
  }
  // ranks come from work of unequal length: nobody shall burn CPU in waiting for its turn
  ranks_.barrier(Waiting::idle);
  std::optional<ClockReading> const mine = exchange_all();
  std::vector<std::string> const told = ranks_.gather(mine ? to_text(*mine) : std::string());
  std::string all;
  if (ranks_.is_root()) {
    for (int const leader : leaders_) {
      all.append(told[static_cast<std::size_t>(leader)]).push_back('\n');
    }
  }
  std::istringstream lines(ranks_.broadcast(std::move(all)));
  std::string line;
  for (NodeClock& clock : clocks_) {
    if (std::getline(lines, line) && !line.empty()) {
      clock.add(reading_from(line));
    }
  }
}

}  // namespace lauebench
