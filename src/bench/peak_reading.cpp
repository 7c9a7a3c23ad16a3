#include "bench/peak_reading.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "bench/sleep_until_stopped.hpp"

namespace lauebench {

PeakReading::PeakReading(Question question, double interval_s) : question_(std::move(question)) {
  ask();
  try {
    thread_ = std::jthread([this, interval_s](std::stop_token const& stop) { ask_until_stopped(stop, interval_s); });
  } catch (std::system_error const& error) {
    peak_ = Unknown{fmt::format("no thread could be started to read it ({})", error.what())};
  }
}

Reading<std::uint64_t> PeakReading::end() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  ask();
  return peak_;
}

void PeakReading::ask() {
  auto* const peak = std::get_if<std::uint64_t>(&peak_);
  if (peak == nullptr) {
    return;
  }
  Reading<std::uint64_t> const answer = question_();
  if (auto const* const value = std::get_if<std::uint64_t>(&answer)) {
    *peak = std::max(*peak, *value);
  } else {
    peak_ = answer;
  }
}

void PeakReading::ask_until_stopped(std::stop_token const& stop, double interval_s) {
  while (!sleep_until_stopped(stop, interval_s)) {
    ask();
  }
}

}  // namespace lauebench
