#pragma once

#include <csignal>
#include <string>
#include <vector>

#include "bench/log.hpp"

namespace lauebench {

/// Catches SIGINT and SIGTERM while it lives, so that a launch can finish and record the run that is under way. The
/// second one of either ends the process at once, as without it. One at a time.
class Interruption {
 public:
  /// `speaker` root tells on stderr that the signal was heard, as the run may take a while.
  explicit Interruption(Speaker speaker);
  ~Interruption();
  Interruption(Interruption const&) = delete;
  Interruption& operator=(Interruption const&) = delete;

  /// The signal that was caught; 0: none.
  [[nodiscard]] static int caught();

 private:
  struct sigaction interrupt_before_ {};
  struct sigaction terminate_before_ {};
};

/// Name of the signal that was caught; empty: none.
[[nodiscard]] std::string caught_signal_name();

/// The first name that is not empty; empty: all are.
[[nodiscard]] std::string first_signal(std::vector<std::string> const& names_by_rank);

/// "SIGINT", "SIGTERM"
[[nodiscard]] std::string signal_name(int signal_number);

}  // namespace lauebench
