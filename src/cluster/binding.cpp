#include "cluster/binding.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <sched.h>

#include "cluster/hwloc_bitmap.hpp"
#include "config/parse_number.hpp"

namespace lauebench {
namespace {

/// More than any kernel is configured for (8192 today); the search for a set that is large enough ends there.
constexpr int most_cpus = 1 << 20;

/// The kernel's set of CPUs, as large as needed; glibc's fixed one ends at 1024.
class KernelSet {
 public:
  explicit KernelSet(int cpus)
      : cpus_(cpus),
        bytes_(CPU_ALLOC_SIZE(static_cast<std::size_t>(cpus))),
        set_(CPU_ALLOC(static_cast<std::size_t>(cpus))) {
    if (set_ == nullptr) {
      throw std::bad_alloc();
    }
    CPU_ZERO_S(bytes_, set_);
  }
  explicit KernelSet(CpuSet const& members) : KernelSet(members.empty() ? 1 : std::max(members.back() + 1, 1024)) {
    for (int const cpu : members) {
      CPU_SET_S(static_cast<std::size_t>(cpu), bytes_, set_);
    }
  }
  ~KernelSet() { CPU_FREE(set_); }
  KernelSet(KernelSet const&) = delete;
  KernelSet& operator=(KernelSet const&) = delete;

  [[nodiscard]] CpuSet members() const {
    CpuSet cpus;
    for (int cpu = 0; cpu < cpus_; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes_, set_)) {
        cpus.push_back(cpu);
      }
    }
    return cpus;
  }

  /// Status as of sched_getaffinity and sched_setaffinity; thread 0 is the calling one.
  int read_from_kernel(pid_t thread) { return ::sched_getaffinity(thread, bytes_, set_); }
  [[nodiscard]] int hand_to_kernel(pid_t thread) const { return ::sched_setaffinity(thread, bytes_, set_); }

 private:
  int cpus_;
  std::size_t bytes_;
  cpu_set_t* set_;
};

/// Thread 0 is the calling one; empty: the kernel does not say, as of a thread that has ended.
std::optional<CpuSet> affinity_of(pid_t thread) {
  for (int cpus = 1024; cpus <= most_cpus; cpus *= 2) {
    KernelSet set(cpus);
    if (set.read_from_kernel(thread) == 0) {
      return set.members();
    }
    if (errno != EINVAL) {  // EINVAL: the kernel knows more CPUs than the set can hold
      break;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string format_cpus(CpuSet const& cpus) {
  Bitmap const bitmap = to_bitmap(cpus);
  int const length = hwloc_bitmap_list_snprintf(nullptr, 0, bitmap.get());
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  hwloc_bitmap_list_snprintf(text.data(), text.size(), bitmap.get());
  text.resize(static_cast<std::size_t>(length));
  return text;
}

CpuSet parse_cpus(std::string_view list) {
  Bitmap const bitmap(hwloc_bitmap_alloc());
  // hwloc also takes open-ended ranges ("4-"): infinite sets
  if (list.find_first_not_of("0123456789,-") != std::string_view::npos ||
      hwloc_bitmap_list_sscanf(bitmap.get(), std::string(list).c_str()) != 0 || hwloc_bitmap_weight(bitmap.get()) < 0) {
    throw std::invalid_argument(fmt::format("not a list of CPUs: '{}'", list));
  }
  return to_cpus(bitmap.get());
}

CpuSet current_affinity() {
  if (std::optional<CpuSet> cpus = affinity_of(0)) {
    return *std::move(cpus);
  }
  throw Error(ReturnCode::reconstruction_error, "cannot read which cores this process may use",
              "sched_getaffinity failed", "check the container's or sandbox's limits");
}

CpuSet launch_cpus(Communicator& ranks, Nodes const& nodes) {
  auto const affinities = ranks.gather(format_cpus(current_affinity()));
  std::vector<std::set<int>> by_node(static_cast<std::size_t>(nodes.count));
  for (std::size_t rank = 0; rank < affinities.size(); ++rank) {
    CpuSet const cpus = parse_cpus(affinities[rank]);
    by_node[static_cast<std::size_t>(nodes.ranks[rank].node)].insert(cpus.begin(), cpus.end());
  }
  std::string unions;
  for (auto const& node : by_node) {
    unions += format_cpus(CpuSet(node.begin(), node.end())) + '\n';
  }
  unions = ranks.broadcast(unions);
  std::size_t begin = 0;
  for (int node = nodes.ranks[static_cast<std::size_t>(ranks.rank())].node; node > 0; --node) {
    begin = unions.find('\n', begin) + 1;
  }
  return parse_cpus(std::string_view(unions).substr(begin, unions.find('\n', begin) - begin));
}

CpuSet widen_affinity(CpuSet const& cpus) {
  // refusal shows in what is read back
  [[maybe_unused]] int const status = KernelSet(cpus).hand_to_kernel(0);
  return current_affinity();
}

CpuSet bind_process(CpuSet const& cpus) {
  KernelSet const set(cpus);
  std::set<int> all;
  // a thread that is started meanwhile inherits what its starter has: once more for those that were missed
  for (int pass = 0; pass < 2; ++pass) {
    all.clear();
    for (auto const& thread : std::filesystem::directory_iterator("/proc/self/task")) {
      auto const id = parse_number<pid_t>(thread.path().filename().string());
      // refusal shows in what is read back
      [[maybe_unused]] int const status = set.hand_to_kernel(id.value);
      CpuSet const given = affinity_of(id.value).value_or(CpuSet());
      all.insert(given.begin(), given.end());
    }
  }
  return {all.begin(), all.end()};
}

}  // namespace lauebench
