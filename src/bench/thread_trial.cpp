#include "bench/thread_trial.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <pthread.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

constexpr char const* what_to_do =
    "give fewer threads, or raise what limits them (ulimit -u, ulimit -v, pids.max of the cgroup)";

class ThreadAttributes {
 public:
  ThreadAttributes() {
    ::pthread_attr_init(&attributes_);
    for (char const* const name : {"OMP_STACKSIZE", "GOMP_STACKSIZE"}) {
      char const* const text = std::getenv(name);
      if (auto const bytes = stack_bytes(text == nullptr ? "" : text)) {
        ::pthread_attr_setstacksize(&attributes_, *bytes);
        return;
      }
    }
  }
  ~ThreadAttributes() { ::pthread_attr_destroy(&attributes_); }
  ThreadAttributes(ThreadAttributes const&) = delete;
  ThreadAttributes& operator=(ThreadAttributes const&) = delete;

  [[nodiscard]] pthread_attr_t const* get() const { return &attributes_; }

 private:
  pthread_attr_t attributes_{};
};

bool exceeds_cores(GridPoint const& point, LaunchSite const& site) {
  auto const active = site.nodes.lowest_ranks(point.ranks_on_nodes);
  return point.device == Device::cpu && std::ranges::any_of(active, [&point, &site](int rank) {
           return point.threads > static_cast<int>(site.ranks[static_cast<std::size_t>(rank)].cpus.size());
         });
}

Error too_many(std::string_view problem, ThreadTrial const& trial) {
  return bad_input(problem, trial.refusal(), what_to_do);
}

void try_point(GridPoint const& point, Nodes const& nodes, Communicator& ranks) {
  std::optional<ThreadTrial> trial;
  std::optional<Error> problem;
  if (nodes.index_in_lowest(ranks.rank(), point.ranks_on_nodes)) {
    trial.emplace(point.threads);
    if (!trial->refusal().empty()) {
      problem = too_many(
          fmt::format("point {} cannot run with {} threads on rank {}", point.id, point.threads, ranks.rank()), *trial);
    }
  }
  // no rank leaves before all have started theirs
  agree(ranks, problem);
}

}  // namespace

class ThreadTrial::Waiters {
 public:
  Waiters() = default;
  ~Waiters() {
    may_end_.store(true);
    may_end_.notify_all();
    for (pthread_t const thread : threads_) {
      ::pthread_join(thread, nullptr);
    }
  }
  Waiters(Waiters const&) = delete;
  Waiters& operator=(Waiters const&) = delete;

  /// 0, or the error number with which the system refuses one more.
  int start(ThreadAttributes const& attributes) {
    pthread_t thread{};
    threads_.reserve(threads_.size() + 1);
    int const status = ::pthread_create(&thread, attributes.get(), wait, &may_end_);
    if (status == 0) {
      threads_.push_back(thread);
    }
    return status;
  }

  [[nodiscard]] std::size_t count() const { return threads_.size(); }

 private:
  static void* wait(void* may_end) {
    static_cast<std::atomic<bool>*>(may_end)->wait(false);
    return nullptr;
  }

  std::atomic<bool> may_end_{false};
  std::vector<pthread_t> threads_;
};

ThreadTrial::ThreadTrial(int threads) : waiters_(std::make_unique<Waiters>()) {
  ThreadAttributes const attributes;
  // the calling thread is the first
  for (int more = threads - 1; more > 0; --more) {
    if (int const status = waiters_->start(attributes); status != 0) {
      refusal_ = fmt::format("the system starts {} of them: {}", waiters_->count() + 1,
                             std::generic_category().message(status));
      return;
    }
  }
}

ThreadTrial::~ThreadTrial() = default;

std::optional<std::size_t> stack_bytes(std::string_view omp_stacksize) {
  constexpr std::string_view blanks = " \t";
  constexpr std::string_view units = "bkmg";
  auto const begin = std::min(omp_stacksize.find_first_not_of(blanks), omp_stacksize.size());
  omp_stacksize.remove_prefix(begin);
  std::size_t number = 0;
  char const* const end = omp_stacksize.data() + omp_stacksize.size();
  auto const parsed = std::from_chars(omp_stacksize.data(), end, number);
  if (parsed.ec != std::errc() || number == 0) {
    return std::nullopt;
  }
  std::string_view rest(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  char const unit = rest.empty() ? 'k' : static_cast<char>(rest.front() | 0x20);  // lower case
  auto const power = units.find(unit);
  bool const is_understood = power != std::string_view::npos && rest.find_last_not_of(blanks) + 1 <= 1;
  return is_understood ? std::optional(number << (10U * power)) : std::nullopt;
}

void require_threads(int threads, std::size_t cpus, std::string_view problem) {
  if (threads <= static_cast<int>(cpus)) {
    return;
  }
  ThreadTrial const trial(threads);
  if (!trial.refusal().empty()) {
    throw too_many(problem, trial);
  }
}

void check_thread_counts(Plan const& plan, LaunchSite const& site, Communicator& ranks) {
  for (GridPoint const& point : plan.points) {
    if (exceeds_cores(point, site)) {
      try_point(point, site.nodes, ranks);
    }
  }
}

}  // namespace lauebench
