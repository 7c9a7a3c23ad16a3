#include "bench/interruption.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>
#include <semaphore.h>
#include <unistd.h>

#include "cluster/monotonic_clock.hpp"

namespace lauebench {
namespace {

// A handler has no other way to tell; atomic, as the kernel may call it on a thread of a reconstruction.
std::atomic<int> caught_signal{0};
std::atomic<double> caught_at_s{0.0};
std::atomic<bool> handler_speaks{false};
sem_t something_came;  ///< what a handler may wake a thread by
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<double>::is_always_lock_free &&
              std::atomic<bool>::is_always_lock_free);

void say_that_it_was_heard() {
  constexpr std::string_view text =
      "\nlaue-bench: interrupted: the run that is under way is finished first, or cancelled if it lasts; once more "
      "ends it at once\n";
  [[maybe_unused]] ssize_t const put = ::write(STDERR_FILENO, text.data(), text.size());
}

/// Calls async-signal-safe functions alone. No other of the signals interrupts it.
void note_signal(int signal_number) {
  int const error_number = errno;
  double const now_s = monotonic_s();
  if (caught_signal == 0) {
    caught_at_s = now_s;  // before the number, which says that it is there
    caught_signal = signal_number;
    ::sem_post(&something_came);
    if (handler_speaks) {
      say_that_it_was_heard();
    }
  } else if (now_s - caught_at_s > Interruption::same_request_s) {
    static_cast<void>(std::signal(signal_number, SIG_DFL));
    static_cast<void>(std::raise(signal_number));  // delivered when this returns
  }
  errno = error_number;
}

}  // namespace

Interruption::Interruption(Speaker speaker) {
  caught_signal = 0;
  ::sem_init(&something_came, 0, 0);
  handler_speaks = speaker == Speaker::root;
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;  // reading and writing go on
  for (int const signal : signals) {
    ::sigaddset(&action.sa_mask, signal);
  }
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], &action, &before_[i]);
  }
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], &before_[i], nullptr);
  }
}

int Interruption::caught() { return caught_signal; }

double Interruption::caught_s() { return caught_at_s; }

void Interruption::wait() {
  while (::sem_wait(&something_came) != 0 && errno == EINTR) {
  }
}

void Interruption::wake() { ::sem_post(&something_came); }

std::string caught_signal_name() {
  int const caught = Interruption::caught();
  return caught == 0 ? std::string() : signal_name(caught);
}

std::string first_signal(std::vector<std::string> const& names_by_rank) {
  auto const caught = std::ranges::find_if_not(names_by_rank, &std::string::empty);
  return caught == names_by_rank.end() ? std::string() : *caught;
}

std::string signal_name(int signal_number) {
  switch (signal_number) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGUSR1:
      return "SIGUSR1";
    case SIGUSR2:
      return "SIGUSR2";
    default:
      return fmt::format("signal {}", signal_number);
  }
}

}  // namespace lauebench
