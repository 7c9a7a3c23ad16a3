#pragma once

#include <array>
#include <csignal>
#include <string>
#include <vector>

#include "bench/log.hpp"

namespace lauebench {

/// Exit status of a launch that a signal ended: as shells have it for a process that SIGINT ended.
inline constexpr int interrupted_status = 130;

/// Catches signals while it lives, so that a launch can finish and record the run that is under way. The second one of
/// any of them ends the process at once, as without it, unless it comes within same_request_s of the first: launchers
/// and schedulers may each pass on one request to stop. One at a time.
class Interruption {
 public:
  /// SIGUSR1 and SIGUSR2 too: job schedulers send what they are asked to, and mpirun, which kills its ranks after
  /// SIGINT and SIGTERM, passes those two on.
  static constexpr std::array signals{SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

  /// What comes so soon after a signal means the same.
  static constexpr double same_request_s = 1.0;

  /// `speaker` root tells on stderr that the signal was heard, as the run may take a while.
  explicit Interruption(Speaker speaker);
  ~Interruption();
  Interruption(Interruption const&) = delete;
  Interruption& operator=(Interruption const&) = delete;

  /// The signal that was caught; 0: none.
  [[nodiscard]] static int caught();

  /// When it was caught (monotonic_s); of no meaning before.
  [[nodiscard]] static double caught_s();

  /// Sleeps until a signal is caught, or until wake(), whichever came since the last wait(). For one thread.
  static void wait();
  static void wake();

 private:
  std::array<struct sigaction, signals.size()> before_{};
};

/// Name of the signal that was caught; empty: none.
[[nodiscard]] std::string caught_signal_name();

/// The first name that is not empty; empty: all are.
[[nodiscard]] std::string first_signal(std::vector<std::string> const& names_by_rank);

/// "SIGINT", "SIGUSR1"
[[nodiscard]] std::string signal_name(int signal_number);

}  // namespace lauebench
