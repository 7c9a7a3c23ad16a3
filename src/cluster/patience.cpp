#include "cluster/patience.hpp"

#include <algorithm>
#include <thread>

#include <sched.h>

namespace lauebench {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds longest_spin{20};
constexpr nanoseconds shortest_pause = std::chrono::microseconds(1);
constexpr nanoseconds longest_pause = std::chrono::milliseconds(1);

}  // namespace

Patience::Patience(Waiting waiting) : spin_(waiting == Waiting::prompt ? longest_spin : nanoseconds(0)) {}

double Patience::waited_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void Patience::wait() {
  nanoseconds const waited = std::chrono::steady_clock::now() - began_;
  if (waited < spin_) {
    // where ranks share cores the one that is waited for may need this very core
    ::sched_yield();
    return;
  }
  std::this_thread::sleep_for(std::clamp(waited / 100, shortest_pause, longest_pause));
}

}  // namespace lauebench
