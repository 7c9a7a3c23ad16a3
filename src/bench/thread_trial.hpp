#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bench/launch_site.hpp"
#include "cluster/communicator.hpp"
#include "plan/plan.hpp"

namespace lauebench {

/// Threads that only wait, as long as it lives: started in the way of the OpenMP library, they show whether that can
/// start as many. (It ends the process when it cannot: nobody would learn which point asked for too much.) Their memory
/// is that of their stacks; what a reconstruction needs beside them is not tried.
class ThreadTrial {
 public:
  explicit ThreadTrial(int threads);
  ~ThreadTrial();
  ThreadTrial(ThreadTrial const&) = delete;
  ThreadTrial& operator=(ThreadTrial const&) = delete;

  /// "the system starts 371 of them: Resource temporarily unavailable"; empty when all run.
  [[nodiscard]] std::string const& refusal() const { return refusal_; }

 private:
  class Waiters;
  std::unique_ptr<Waiters> waiters_;
  std::string refusal_;
};

/// The stack that the OpenMP library gives its threads if OMP_STACKSIZE has this value ("16M", "512 k", "4096": KiB);
/// empty where that says nothing that can be understood.
[[nodiscard]] std::optional<std::size_t> stack_bytes(std::string_view omp_stacksize);

/// Throws Error (bad_input) that begins with `problem` when this process cannot run `threads` threads. Tries only what
/// is more than `cpus`.
void require_threads(int threads, std::size_t cpus, std::string_view problem);

/// Tries those CPU points of the plan that give a rank more threads than cores, all ranks of a point at once, as they
/// share their node's limits. Collective. Throws AgreedError (bad_input) naming the point.
void check_thread_counts(Plan const& plan, LaunchSite const& site, Communicator& ranks);

}  // namespace lauebench
