/// Preloaded by a test: the monotonic clock is SHIFT_CLOCK_S seconds ahead, and runs away from the true one by
/// SHIFT_CLOCK_DRIFT seconds per second from the moment SHIFT_CLOCK_FROM of that on, as the clock of another node does.
#include <cmath>
#include <cstdlib>
#include <ctime>

#include <dlfcn.h>

namespace {

double variable(char const* name) {
  char const* const text = std::getenv(name);
  return text == nullptr ? 0.0 : std::strtod(text, nullptr);
}

/// Nanoseconds to add at a true time.
long long shift_ns(timespec const& now) {
  static double const offset_s = variable("SHIFT_CLOCK_S");
  static double const drift = variable("SHIFT_CLOCK_DRIFT");
  static double const from_s = variable("SHIFT_CLOCK_FROM");
  double const since_s = static_cast<double>(now.tv_sec) - from_s + 1e-9 * static_cast<double>(now.tv_nsec);
  return std::llround(1e9 * (offset_s + drift * since_s));
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" int clock_gettime(clockid_t clock, timespec* now) {
  using ClockGettime = int (*)(clockid_t, timespec*);
  static auto const next = reinterpret_cast<ClockGettime>(dlsym(RTLD_NEXT, "clock_gettime"));
  int const status = next(clock, now);
  if (status == 0 && clock == CLOCK_MONOTONIC) {
    constexpr long long ns_per_s = 1'000'000'000;
    long long const shifted_ns = now->tv_nsec + shift_ns(*now);
    now->tv_sec += shifted_ns / ns_per_s;
    now->tv_nsec = shifted_ns % ns_per_s;
  }
  return status;
}
