#include "bench/last_words.hpp"

#include <exception>
#include <system_error>

#include <spdlog/spdlog.h>

#include "bench/interruption.hpp"
#include "bench/run_limits.hpp"
#include "bench/sleep_until_stopped.hpp"
#include "cluster/launch_environment.hpp"
#include "cluster/monotonic_clock.hpp"

namespace lauebench {

LastWords::LastWords(Communicator& ranks, Ledger* ledger) : ranks_(ranks), ledger_(ledger) {
  try {
    thread_ = std::jthread([this](std::stop_token const& stop) { wait_and_act(stop); });
  } catch (std::system_error const& error) {
    spdlog::warn("no thread could be started ({}): a signal during a long system call may leave no end record",
                 error.what());
  }
}

LastWords::~LastWords() {
  thread_.request_stop();
  Interruption::wake();
}

void LastWords::wait_and_act(std::stop_token const& stop) {
  while (Interruption::caught() == 0 && !stop.stop_requested()) {
    Interruption::wait();
  }
  SignalTimes const times = times_after_signal(Interruption::caught(), environment_variable);
  if (is_over_within(times.records_s, stop)) {
    return;
  }
  write();
  // rank 0 has the records to care for: another rank ends the launch only when that has not
  constexpr double lead_of_root_s = 1.0;
  if (!is_over_within(times.end_s + (ranks_.is_root() ? 0.0 : lead_of_root_s), stop)) {
    ranks_.abort(interrupted_status);
  }
}

bool LastWords::is_over_within(double seconds, std::stop_token const& stop) {
  return sleep_until_stopped(stop, Interruption::caught_s() + seconds - monotonic_s());
}

void LastWords::write() const {
  try {
    if (ledger_ != nullptr) {
      ledger_->say_last_words(caught_signal_name());
    }
  } catch (std::exception const& error) {
    spdlog::warn("the results file has no end record: {}", error.what());
  }
}

}  // namespace lauebench
