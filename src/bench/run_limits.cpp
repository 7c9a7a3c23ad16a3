#include "bench/run_limits.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "bench/interruption.hpp"
#include "cluster/monotonic_clock.hpp"
#include "config/parse_number.hpp"

namespace lauebench {
namespace {

/// Of the 10 s that a launch has after a signal; the rest is for what lies between two looks, and for the records.
constexpr double most_after_signal_s = 7.0;
constexpr double records_s = 10.0 - most_after_signal_s;

/// Before the ranks' time is over, `end` is written whatever becomes of the run; a launch that hears of the signal has
/// the least of these to write it itself.
constexpr double last_words_take_s = 0.7;
constexpr double least_before_last_words_s = 0.3;
constexpr double most_before_last_words_s = 9.0;

/// A rank that got the signal from somebody else than mpirun is killed by nobody.
constexpr double patience_with_launcher_s = 5.0;

/// A reconstruction that is to be cancelled ends with what it is at: a frame, a file, a stripe on a GPU. That takes no
/// longer than all of it might; what is constant, a slow answer of a busy filesystem, has half a minute.
constexpr double least_grace_s = 30.0;

/// What the ranks of a run, which do the same work, can differ by.
constexpr double least_patience_s = 3600.0;
constexpr double most_times_slower = 20.0;
/// Longer than any reconstruction takes.
constexpr double unknown_patience_s = 86400.0;

/// In which rank 0 writes `end` before another rank ends it.
constexpr double lead_of_root_s = 5.0;

/// Seconds between mpirun's SIGTERM and SIGKILL, where it is Open MPI's.
double seconds_before_kill(EnvironmentLookup const& environment) {
  constexpr double unless_told = 1.0;
  auto const told = environment("OMPI_MCA_odls_base_sigkill_timeout");
  auto const parsed = parse_number<double>(told.value_or(""));
  return parsed.problem == NumberProblem::none ? parsed.value : unless_told;
}

Error cancelled(std::string const& why, std::string_view what_to_do) {
  return {ReturnCode::cancelled, "the reconstruction was cancelled", why, what_to_do};
}

std::optional<Error> why_cancelled(std::optional<double> timeout_s, double began_s) {
  double const now_s = monotonic_s();
  if (timeout_s && now_s - began_s > *timeout_s) {
    return cancelled(fmt::format("it took longer than the {} s of --reconstruction-timeout", *timeout_s),
                     "look at its phases for what took the time, or give it more");
  }
  int const signal = Interruption::caught();
  if (signal != 0 && now_s - Interruption::caught_s() >= times_after_signal(signal, environment_variable).run_s) {
    return cancelled(fmt::format("{} ended the launch before it was done", signal_name(signal)), "go on with --resume");
  }
  return std::nullopt;
}

/// `ended` follows the signal's name. All are literals.
Cancellation at_once_after_signal(char const* problem, char const* ended, char const* what_to_do) {
  return Cancellation([=]() -> std::optional<Error> {
    if (Interruption::caught() == 0) {
      return std::nullopt;
    }
    return Error(ReturnCode::cancelled, problem, fmt::format("{} {}", caught_signal_name(), ended), what_to_do);
  });
}

}  // namespace

Cancellation cancellation_of(RunConfig const& config) {
  return Cancellation([timeout_s = config.reconstruction_timeout_s, began_s = monotonic_s()] {
    return why_cancelled(timeout_s, began_s);
  });
}

Cancellation signal_cancellation() {
  return Cancellation([] { return why_cancelled(std::nullopt, 0.0); });
}

Cancellation warming_cancellation() {
  return at_once_after_signal("reading the replica was cancelled", "ended the launch", "go on with --resume");
}

Cancellation ceilings_cancellation() {
  return at_once_after_signal("measuring ceilings was cancelled", "ended the launch", "go on with --resume");
}

Cancellation staging_cancellation() {
  return at_once_after_signal("staging was cancelled", "ended the launch before its first run", "start it again");
}

SignalTimes times_after_signal(int signal_number, EnvironmentLookup const& environment) {
  bool const is_followed_by_kill = signal_number == SIGINT || signal_number == SIGTERM;
  if (!is_followed_by_kill || !environment("OMPI_COMM_WORLD_SIZE")) {
    return {most_after_signal_s, most_before_last_words_s, most_before_last_words_s + last_words_take_s};
  }
  double const all_s = seconds_before_kill(environment);
  return {std::clamp(all_s - records_s, 0.0, most_after_signal_s),
          std::clamp(all_s - last_words_take_s, least_before_last_words_s, most_before_last_words_s),
          all_s + patience_with_launcher_s};
}

std::optional<WaitLimit> wait_limit_of(RunConfig const& config, Speaker speaker, std::string what) {
  if (!config.reconstruction_timeout_s) {
    return std::nullopt;
  }
  double const timeout_s = *config.reconstruction_timeout_s;
  double const root_s = timeout_s + std::max(timeout_s, least_grace_s);
  // an idle rank begins to wait at the start line, rank 0 when its own reconstruction has ended
  return WaitLimit{speaker == Speaker::root ? root_s : root_s + timeout_s + lead_of_root_s, std::move(what)};
}

WaitLimit wait_limit_after(double own_s, Speaker speaker, std::string what) {
  double const root_s = std::max(least_patience_s, most_times_slower * own_s);
  return {speaker == Speaker::root ? root_s : 2.0 * root_s, std::move(what)};
}

WaitLimit wait_limit_of_unknown(Speaker speaker, std::string what) {
  return {speaker == Speaker::root ? unknown_patience_s : 2.0 * unknown_patience_s, std::move(what)};
}

std::optional<WaitLimit> wait_limit_before(double seconds_left, Speaker speaker, std::string what) {
  if (!std::isfinite(seconds_left)) {
    return std::nullopt;
  }
  double const root_s = std::max(seconds_left, 0.0) + least_grace_s;
  return WaitLimit{speaker == Speaker::root ? root_s : root_s + lead_of_root_s, std::move(what)};
}

}  // namespace lauebench
