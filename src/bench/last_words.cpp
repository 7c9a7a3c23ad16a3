#include "bench/last_words.hpp"

#include <chrono>
#include <exception>
#include <system_error>

#include <spdlog/spdlog.h>

#include "bench/interruption.hpp"
#include "bench/run_limits.hpp"
#include "cluster/launch_environment.hpp"
#include "cluster/monotonic_clock.hpp"

namespace lauebench {

LastWords::LastWords(Ledger& ledger, Communicator& ranks) : ledger_(ledger), ranks_(ranks) {
  try {
    thread_ = std::jthread([this](std::stop_token const& stop) { wait_and_write(stop); });
  } catch (std::system_error const& error) {
    spdlog::warn("no thread could be started ({}): a signal during a long system call may leave no end record",
                 error.what());
  }
}

LastWords::~LastWords() {
  thread_.request_stop();
  Interruption::wake();
}

void LastWords::wait_and_write(std::stop_token const& stop) {
  Interruption::wait();
  SignalTimes const times = times_after_signal(Interruption::caught(), environment_variable);
  double const left_s = Interruption::caught_s() + times.records_s - monotonic_s();
  std::unique_lock lock(mutex_);
  auto const is_over = [&stop] { return stop.stop_requested(); };
  if (stopped_.wait_for(lock, stop, std::chrono::duration<double>(left_s), is_over)) {
    return;
  }
  try {
    ledger_.say_last_words(caught_signal_name());
  } catch (std::exception const& error) {
    spdlog::warn("the results file has no end record: {}", error.what());
  }
  // a launch that has heard of the signal meanwhile ends by itself
  if (times.after_records == AfterRecords::nobody_kills && !stop.stop_requested()) {
    ranks_.abort(interrupted_status);
  }
}

}  // namespace lauebench
